"""Pictures of packets to pass on: an envelope with a code that opens its page."""

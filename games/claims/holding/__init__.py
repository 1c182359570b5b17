"""What a process remembers of packets, so that late crowds cost the live Valkey nothing."""

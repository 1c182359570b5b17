"""Where pixels are handled: what is done to them, and the processes it is done in."""

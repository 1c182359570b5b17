"""What happens, told to those who look: one channel between processes, many sockets in each."""

"""The stages of benchmarks: servers, processes and people, for a client that measures."""

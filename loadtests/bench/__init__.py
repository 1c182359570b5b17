"""Benchmarks: ours beside an honest baseline, on the same machine in the same minute."""

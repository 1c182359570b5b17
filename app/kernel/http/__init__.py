"""What every HTTP answer shares: problems, cursors, limits, conditional reads, the hot lane."""

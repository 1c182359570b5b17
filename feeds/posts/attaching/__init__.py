"""What posts carry besides words and pictures."""

"""One-time codes sent to phones: the only way to prove who one is."""

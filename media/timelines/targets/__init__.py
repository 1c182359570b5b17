"""What cues point to, as the floors above say it."""

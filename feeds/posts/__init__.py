"""What accounts publish: posts with their states and history, and their ready-made bytes."""

"""Films become a ladder of renditions: CMAF segments under addresses that never change."""

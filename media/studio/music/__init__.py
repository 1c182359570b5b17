"""Music for slide shows: three pieces written as scores, played by our own instruments."""

"""What is due next: versions to play, and jobs to do."""

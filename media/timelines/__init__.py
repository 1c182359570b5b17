"""What happens when in a video: cues and rolls, drafted, published, and written three ways."""

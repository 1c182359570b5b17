"""Who sees what of a video: access, views, and the ways to publication and back."""

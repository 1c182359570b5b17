"""Tracks of captions: WebVTT as it comes, checked, bounded, and written anew."""

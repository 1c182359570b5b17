"""Pictures drawn by Pillow, so that the demo festival needs no files and nobody's rights."""

"""What every server-drawn picture needs: typefaces, the colours of the one token file, lines."""

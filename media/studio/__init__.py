"""Making tools: trim, cover, overlays, captions, and slide shows of products set to music."""

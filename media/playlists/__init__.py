"""Writers of HLS and DASH manifests and of WebVTT: pure text from cuts and cues."""

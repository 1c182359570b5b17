"""Pictures: untrusted uploads become clean renditions under an address that never changes."""

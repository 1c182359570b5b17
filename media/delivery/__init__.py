"""What players fetch: pointers, versioned manifests, segments that never change, and who may."""

"""Files that come in pieces, over connections that break: tus 1.0, over any object store."""

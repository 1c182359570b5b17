"""What readers get of posts: ready bytes, who may see them, and the lists that are no feed."""

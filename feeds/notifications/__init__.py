"""What shoppers are told of: comments, replies, followers and likes, listed and brought live."""

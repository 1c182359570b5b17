"""Each shopper's graph: follows, mutes, blocks and posts that are of no interest."""

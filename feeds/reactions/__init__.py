"""Likes, shares and views of posts, and the counters readers see."""

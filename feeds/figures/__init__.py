"""The figures under a post: likes, comments, shares and views, in SQL and before every reader."""

"""Comments with one level of replies: decided in the post's bucket, moderated, counted exactly."""

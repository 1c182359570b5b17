"""A post's public bytes: made once a version, kept ready, made anew with what they show."""

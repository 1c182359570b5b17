"""Sign-ins on devices: access tokens, refresh tokens, and taking both away."""

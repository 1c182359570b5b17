"""What brands bring: themselves, their products, and later what they give away."""

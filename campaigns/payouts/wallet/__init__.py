"""What a shopper owns, and how it came."""

"""Who is calling: shoppers, sessions, members of brands, operators, API keys."""

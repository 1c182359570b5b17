"""The demo festival: accounts, pictures, posts and shoppers that look lived in."""

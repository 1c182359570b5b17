"""Who watched what: figures for brands, and credit for shoppers."""

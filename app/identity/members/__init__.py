"""People who work for brands, and operators of the house."""

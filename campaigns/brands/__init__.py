"""Brands: who sells here, made by an operator."""

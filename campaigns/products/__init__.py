"""A small catalogue for each brand: the cards that posts show."""

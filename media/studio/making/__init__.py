"""Makes new films out of films: cut shorter, or with something laid over them."""

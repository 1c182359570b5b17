"""Still pictures of films: the poster, a short silent preview, and a storyboard to scrub by."""

"""The stream of what players told of a brand's films, event by event, for whoever adds up more than
curves: a brand's own warehouse, mostly."""

"""Films: what a brand or a shopper uploads, from the first look at it to its publication."""

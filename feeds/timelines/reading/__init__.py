"""How a page of a feed comes together: a shopper's timeline, outboxes merged in, ready bytes."""

"""Who publishes and who follows whom: content accounts, and each shopper's graph of them."""

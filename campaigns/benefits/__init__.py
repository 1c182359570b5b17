"""What a brand gives beside money: coupons, from their making to the counter of a shop."""

"""Coupons in the hands of shoppers: collected, shown, redeemed."""

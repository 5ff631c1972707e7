"""Booking pages of others that customers are handed off to (design: hand-off)."""

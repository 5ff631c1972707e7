"""Hosted Stripe Checkout over plain REST. Facts: the vendor's documentation and SDK source, as of 2026-11."""

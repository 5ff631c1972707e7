"""Mails about bookings: what they say (render, words, templates) and what sends them (desk)."""

"""The page between a chat and a business's own booking page, and the webhooks that come back from there."""

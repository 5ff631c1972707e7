"""Payment providers' webhooks, and the pages that customers come back to."""

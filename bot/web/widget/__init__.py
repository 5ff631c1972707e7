"""What a customer sees in a browser: the chat widget, its pages and the demo pages."""

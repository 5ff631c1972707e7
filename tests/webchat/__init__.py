"""Web chat: the API behind the widget, the Chat API, finalize."""

"""Web chat over HTTP: sessions, messages and their stream, finalizing a booking, the Chat API (docs/web-chat.md)."""

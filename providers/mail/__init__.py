"""Mail: one message with its calendar part, sent by Postmark or by any SMTP server."""

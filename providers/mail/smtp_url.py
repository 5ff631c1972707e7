"""A mail server as one line of configuration. No import of a mail library: settings are read by every process."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

from providers.mail.contract import SmtpServer


def server_from_url(url: str) -> SmtpServer:
    """`smtp://user:password@host:587`, `smtps://…:465`, `smtp://localhost:25?tls=none`.

    Raises ValueError, whose words never repeat the URL: it holds a password.
    """
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        raise ValueError("must be smtp://user:password@host:port") from None
    if parts.scheme not in {"smtp", "smtps"} or not host or parts.path not in {"", "/"}:
        raise ValueError("must be smtp://user:password@host:port")
    asked = parse_qs(parts.query, keep_blank_values=True)
    asked_tls = asked.pop("tls", [])
    plain = asked_tls == ["none"]
    if asked or asked_tls not in ([], ["none"]) or (plain and (parts.scheme == "smtps" or parts.password)):
        raise ValueError("knows only ?tls=none, for a server without TLS and password")
    tls = parts.scheme == "smtps"
    return SmtpServer(
        host=host,
        port=port or (465 if tls else 587),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=tls,
        plain=plain,
    )

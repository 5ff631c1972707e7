"""What a client over plain HTTP is given as its TLS context."""

import ssl

TLS = ssl.create_default_context()  # reading all certificates is costly, and no test needs them

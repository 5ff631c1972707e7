"""Which release this is. A constant: the code also runs from a checkout that nobody installed as a package."""

VERSION = "0.1.0"
"""As pyproject.toml says (tests/house)."""

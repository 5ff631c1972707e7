"""A file per section of the console; each has a SECTION (see bot/console/__init__.py)."""

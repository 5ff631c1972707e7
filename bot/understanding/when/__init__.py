"""Days and times in a text: read.py is the way in."""

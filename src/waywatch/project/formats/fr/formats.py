"""What differs from the library's: `e` writes the time zone."""

DATETIME_FORMAT = "j F Y H:i e"

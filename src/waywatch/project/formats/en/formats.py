"""What differs from the library's: `e` writes the time zone."""

DATETIME_FORMAT = "N j, Y, P e"

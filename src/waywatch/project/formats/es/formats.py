"""What differs from the library's: `e` writes the time zone."""

DATETIME_FORMAT = r"j \d\e F \d\e Y \a \l\a\s H:i e"

"""Value types that every room may use: errors, time, who acts, safe text. No Django model lives here, and it imports no room."""

"""Pages of tips, by audience."""

"""Pages of builds, by audience."""

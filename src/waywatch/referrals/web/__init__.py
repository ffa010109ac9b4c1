"""Pages of this room, by audience: the desk, the officer."""

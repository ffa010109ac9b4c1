"""Pages of impact: the map, a state's or province's glance, and the annual report."""

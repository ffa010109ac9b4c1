"""Wiring: settings, urls, middleware, base templates, the design system and the command line. Nothing imports this room."""

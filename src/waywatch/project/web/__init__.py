"""Pages that belong to no room: the start, the health of the service, the style page, the demo sign-ins."""

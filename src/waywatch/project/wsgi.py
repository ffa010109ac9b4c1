"""The web application for any WSGI server; `waywatch run` serves it with granian."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "waywatch.project.settings")
application = get_wsgi_application()

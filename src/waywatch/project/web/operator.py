"""Pages for the person who runs the installation. They show what failed, never what a mail said."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from waywatch.accounts import api as accounts
from waywatch.delivery import api as delivery
from waywatch.lib.actors import current_actor


@require_safe
def operations(request: HttpRequest) -> HttpResponse:
    """List the mails that were given up, newest first."""
    accounts.require(current_actor(), accounts.Role.ADMINISTRATOR)
    return render(request, "operations.html", {"failed": delivery.failed_messages(limit=100)})

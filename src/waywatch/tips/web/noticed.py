"""Pages of a supervisor: which signs were noticed in a quarter that is over, and their release to the training side."""

import uuid
from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from waywatch.lib import clock
from waywatch.lib.actors import acting
from waywatch.lib.errors import InvalidError
from waywatch.tips import access, queries
from waywatch.tips.actions import counting
from waywatch.tips.noticing import Quarter
from waywatch.tips.web.posting import takes_a_form
from waywatch.vault import api as vault


def _quarter(named: str, today: date) -> Quarter:
    found = next((each for each in counting.finished_quarters(today) if str(each) == named), None)
    if found is None:
        raise InvalidError(gettext("Choose one of the last quarters that are over."), field="quarter")
    return found


@login_required
@require_safe
@vault.needs_unlock
def shown(request: HttpRequest, desk_id: uuid.UUID) -> HttpResponse:
    """Show what was noticed, eleven times at least, in one of the last quarters."""
    access.must_supervise(acting(request), desk_id)
    quarters = counting.finished_quarters(clock.now().date())
    quarter = _quarter(request.GET.get("quarter", str(quarters[0])), clock.now().date())
    counts = counting.counted(desk_id, quarter, vault.unlocked(request))
    context = {
        "desk": access.desk_for(acting(request), desk_id),
        "quarters": quarters,
        "quarter": quarter,
        "rows": queries.noticed_rows(desk_id, quarter, counts),
    }
    return render(request, "desk/noticed.html", context)


@login_required
@takes_a_form(lambda actor, named: access.desk_for(actor, named["desk_id"]), "desk_noticed", by="id")
@vault.needs_unlock
def release(request: HttpRequest, desk_id: uuid.UUID) -> HttpResponse:
    """Release a quarter's figures."""
    actor = acting(request)
    access.must_supervise(actor, desk_id)
    quarter = _quarter(request.POST.get("quarter", ""), clock.now().date())
    n = counting.release(actor, desk_id=desk_id, quarter=quarter, unlocked=vault.unlocked(request))
    words = ngettext("%(n)s figure was released to training.", "%(n)s figures were released to training.", n)
    messages.success(request, words % {"n": n} if n else gettext("There is nothing new to release."))
    return redirect("desk_noticed", desk_id)

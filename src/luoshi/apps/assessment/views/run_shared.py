"""What the views of runs share: which run is meant, who may do what with it, how an act is answered."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from luoshi.apps.assessment.actions.common import label_of
from luoshi.apps.assessment.errors import AssessmentError
from luoshi.apps.assessment.facts_file import number_in
from luoshi.apps.assessment.models import Run, RunAction, RunState
from luoshi.apps.assessment.policies import SPEAKERS, may_keep
from luoshi.apps.assessment.queries.runs import Read
from luoshi.apps.assessment.states import RUNS
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import authority, within
from luoshi.apps.plans.addresses import number_of


def told(error: Exception) -> str:
    """What went wrong, in words."""
    return "；".join(error.messages) if isinstance(error, ValidationError) else str(error)


def revision_of(request: HttpRequest) -> int | None:
    """The revision that the person saw; ``None`` where the form did not say."""
    text = request.POST.get("revision", "")
    return 0 if text == "0" else number_of(text)


def posted_number(request: HttpRequest, name: str) -> Decimal | None:
    """A number that was typed; raises ``Invalid``."""
    return number_in(request.POST.get(name, ""))


def done(
    request: HttpRequest, act: Callable[[], Any], said: str, to: str | Callable[[Any], str], again: Callable[[str], Any]
) -> HttpResponse:
    """Do an act and go on; refused, the page is shown again with what was typed (``again``)."""
    try:
        made = act()
    except (AssessmentError, ValidationError) as error:
        response: HttpResponse = again(told(error))
        return response
    messages.success(request, said)
    return redirect(to(made) if callable(to) else to)


def own_keys(user: Any, read: Read) -> set[str]:
    """The keys of the units scored for which the person speaks, but not as who keeps the ranking."""
    if may_keep(user, read.run.adoption.owner):
        return set()
    paths = authority(user).paths(*SPEAKERS)
    if not paths:
        return set()
    return set(Unit.objects.filter(within("", paths), key__in=list(read.names)).values_list("key", flat=True))


def head(request: HttpRequest, run: Run, tab: str) -> dict[str, Any]:
    """What the head of every page of a run shows, and the buttons that it has."""
    kept = may_keep(request.user, run.adoption.owner)
    now = timezone.now()
    return {
        "run": run,
        "label": label_of(run),
        "tab": tab,
        "kept": kept,
        "now": now,
        "open": run.state == RunState.PREVIEW and run.objections_until is not None and now <= run.objections_until,
        "expired": run.state == RunState.PREVIEW and run.objections_until is not None and now > run.objections_until,
        "may": {act.value: kept and RUNS.allows(run.state, act) for act in RunAction},
    }

"""版次: which readings of a plan were published, and what each changed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from luoshi.apps.plans import policies
from luoshi.apps.plans.models import Plan, PlanVersion
from luoshi.apps.plans.queries.difference import (
    KIND_WORDS,
    WHAT_WORDS,
    difference_rows,
    differing,
    stored_changes,
    titles_of,
    visible_changes,
)
from luoshi.apps.plans.queries.documents import files_seen
from luoshi.apps.plans.views.reading import choice_told, number_in

PAGE = 100


@dataclass(frozen=True, slots=True)
class Page:
    """Where the shown lines stand among all."""

    number: int
    pages: int
    first: int
    last: int
    total: int


@require_safe
@login_required
def version_list(request: HttpRequest, plan_id: int) -> HttpResponse:
    """A row a version, the newest first."""
    plan = _plan(request, plan_id)
    versions = PlanVersion.objects.filter(plan=plan).select_related("document", "published_by")
    rows = list(versions.defer("document__text", "document__tables").order_by("-ordinal"))
    titles = titles_of(rows)
    for version in rows:
        version.title = titles[version.pk] or plan.title  # type: ignore[attr-defined]
    context = {
        "plan": plan,
        "versions": rows,
        "files": files_seen(request.user, {version.document_id for version in rows}),
        "sees_whole": policies.sees_whole(request.user, plan),
    }
    return render(request, "plans/versions.html", context)


@require_safe
@login_required
def version_difference(request: HttpRequest, plan_id: int, ordinal: int) -> HttpResponse:
    """What a version changed against the one before it."""
    plan = _plan(request, plan_id)
    versions = PlanVersion.objects.filter(plan=plan).select_related("document", "published_by")
    version = get_object_or_404(versions.defer("document__text", "document__tables"), ordinal=ordinal)
    seen = differing(visible_changes(request.user, plan, stored_changes(version)))
    errors: list[str] = []
    asked = {
        "what": choice_told(request.GET, "what", "变化", WHAT_WORDS, errors),
        "kind": choice_told(request.GET, "kind", "类别", KIND_WORDS, errors),
    }
    chosen = differing(seen, **asked)
    pages = max(1, -(-len(chosen) // PAGE))
    number = min(number_in(request.GET, "page"), pages)
    first = (number - 1) * PAGE
    shown = chosen[first : first + PAGE]
    address = urlencode({name: value for name, value in asked.items() if value})
    here = reverse("plans:difference", args=(plan.pk, ordinal))
    return render(
        request,
        "plans/versions_difference.html",
        {
            "plan": plan,
            "version": version,
            "rows": difference_rows(shown),
            "page": Page(number, pages, first + 1, first + len(shown), len(chosen)),
            "page_address": f"{here}?{address}&page=" if address else f"{here}?page=",
            "asked": asked,
            "errors": errors,
            "whats": _counted(WHAT_WORDS, Counter(change.what for change in differing(seen, kind=asked["kind"]))),
            "kinds": _counted(KIND_WORDS, Counter(change.kind for change in differing(seen, what=asked["what"]))),
            "sees_whole": policies.sees_whole(request.user, plan),
        },
    )


def _plan(request: HttpRequest, plan_id: int) -> Plan:
    return get_object_or_404(policies.visible_plans(request.user).select_related("owner"), pk=plan_id)


def _counted(words: dict[str, str], counts: Counter[str]) -> list[tuple[str, str, int]]:
    """(value, word, number) for each value that occurs."""
    return [(value, word, counts[value]) for value, word in words.items() if counts[value]]

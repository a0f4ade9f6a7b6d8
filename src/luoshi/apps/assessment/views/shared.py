"""What the pages of schemes and adoptions share: which one is meant, how an act that was refused is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from luoshi.apps.assessment import policies
from luoshi.apps.assessment.errors import AssessmentError, Invalid
from luoshi.apps.assessment.models import Adoption, Scheme, SchemeVersion, VersionState
from luoshi.apps.plans.addresses import number_of

PAGE = 100
#: What refuses an act in words.
REFUSALS = (AssessmentError, ValidationError)


def told(error: Exception) -> str:
    """What went wrong, in words."""
    return "；".join(error.messages) if isinstance(error, ValidationError) else str(error)


def status_of(error: Exception) -> int:
    """422 for what was typed, 409 for how things stand."""
    return 422 if isinstance(error, Invalid | ValidationError) else 409


def revision_of(request: HttpRequest) -> int:
    """The revision that the person saw; -1, which fits none, where it is missing."""
    number = number_of(request.POST.get("revision", ""))
    return -1 if number is None else number


def plain(value: str, most: int = 60) -> str:
    """A text of an address as it may be asked for."""
    return " ".join(value.replace("\x00", "").split())[:most]


def scheme_or_404(request: HttpRequest, scheme_id: int) -> Scheme:
    """The scheme if the person sees it."""
    rows = policies.visible_schemes(request.user).select_related("owner", "plan")
    return get_object_or_404(rows, pk=scheme_id)


def version_or_404(request: HttpRequest, scheme: Scheme, ordinal: str = "") -> SchemeVersion:
    """The version of that number; without one the last issued, else the newest that the person sees."""
    rows = policies.visible_versions(request.user).filter(scheme=scheme).select_related("table", "issued_by")
    if ordinal:
        number = number_of(ordinal)
        found = rows.filter(ordinal=number).first() if number is not None else None
    else:
        issued = rows.filter(state=VersionState.ISSUED).order_by("-ordinal").first()
        found = issued or rows.order_by("-ordinal").first()
    if found is None:
        raise Http404
    found.scheme = scheme
    return found


def draft_or_404(request: HttpRequest, scheme: Scheme) -> SchemeVersion:
    """The open draft, for those who see drafts."""
    rows = policies.visible_versions(request.user).filter(scheme=scheme, state=VersionState.DRAFT)
    found = rows.select_related("table").first()
    if found is None:
        raise Http404
    found.scheme = scheme
    return found


def adoption_or_404(request: HttpRequest, adoption_id: int) -> Adoption:
    """The adoption if the person sees it."""
    rows = policies.visible_adoptions(request.user).select_related("owner", "version__scheme__owner", "created_by")
    return get_object_or_404(rows, pk=adoption_id)


def paged(request: HttpRequest, rows: QuerySet[Any], size: int = PAGE) -> tuple[Page[Any], Mapping[str, Any]]:
    """One page of rows, and what ``plans/_pages.html`` needs."""
    page = Paginator(rows, size).get_page(number_of(request.GET.get("page", "")) or 1)
    query = request.GET.copy()
    query.pop("page", None)
    address = query.urlencode()
    return page, {
        "page": {"number": page.number, "pages": page.paginator.num_pages},
        "page_address": f"?{address}&page=" if address else "?page=",
        "total": page.paginator.count,
    }

"""The list and one bulletin: is this fit to sign?"""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from luoshi.apps.bulletins import actions, policies, queries
from luoshi.apps.bulletins.forms import SignForm
from luoshi.apps.bulletins.models import Bulletin, BulletinKind, BulletinState
from luoshi.apps.bulletins.queries import BulletinFilter
from luoshi.apps.bulletins.views.shared import PAGE, seen
from luoshi.apps.plans.addresses import number_of

SHOWN = 5  # of each kind on the workbench


@require_safe
@login_required
def bulletins(request: HttpRequest) -> HttpResponse:
    """Which bulletins are there, and who has read them?"""
    kind, state = request.GET.get("kind", ""), request.GET.get("state", "")
    asked = BulletinFilter(
        kind=kind if kind in BulletinKind.values else "",
        state=state if state in BulletinState.values else "",
        text=" ".join(request.GET.get("text", "").replace("\0", "").split())[:60],
        box="received" if request.GET.get("box") == "received" else "",
    )
    page = Paginator(queries.bulletin_list(request.user, asked), PAGE).get_page(
        number_of(request.GET.get("page", "")) or 1
    )
    query = request.GET.copy()
    query.pop("page", None)
    return render(
        request,
        "bulletins/list.html",
        {
            "asked": asked,
            "rows": list(page),
            "total": page.paginator.count,
            "page": {"number": page.number, "pages": page.paginator.num_pages},
            "page_address": f"?{query.urlencode()}&page=" if query else "?page=",
            "kinds": BulletinKind.choices,
            "states": BulletinState.choices,
            "filtered": bool(asked.kind or asked.state or asked.text or asked.box),
            "may_draw": policies.drawing_units(request.user).exists(),
        },
    )


@require_safe
@login_required
def bench(request: HttpRequest) -> HttpResponse:
    """What the workbench shows: to read, to check, to sign; fetched after the page, with its own queries."""
    groups = (
        ("unread", "待阅通报", list(queries.unread_bulletins(request.user)[: SHOWN + 1])),
        ("to-sign", "待签发的通报", list(queries.to_sign(request.user)[: SHOWN + 1])),
        ("to-check", "待核稿的通报", list(queries.to_check(request.user)[: SHOWN + 1])),
    )
    return render(request, "bulletins/_bench.html", {"groups": groups, "shown": SHOWN})


@require_safe
@login_required
def bulletin(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """The document as it will print, each number with its provenance; its checks, steps and readers.

    Opening an issued one is its receipt.
    """
    found = seen(request, bulletin_id)
    actions.read_bulletin(acting_user=request.user, bulletin=found)
    return bulletin_page(request, found)


def bulletin_page(request: HttpRequest, found: Bulletin, problem: str = "", status: int = 200) -> HttpResponse:
    """The page; after an act that failed with what was wrong and what was typed."""
    user = request.user
    works = policies.works_on(user, found)
    sheet = queries.sheet_of(found)
    state = BulletinState(found.state)
    steps = queries.steps(found) if works else []
    typed = request.POST if request.method == "POST" else None
    may_draw = works and policies.may_draw(user, found.owner)
    authored = {step.by_id for step in steps if step.action in ("draw", "redraw", "edit")}
    may_check = works and policies.may_check_known(user, found, authored)
    may_sign = works and policies.may_sign(user, found)
    sources = queries.sources_of(found, sheet.contents) if works or found.state == BulletinState.ISSUED else []
    return render(
        request,
        "bulletins/detail.html",
        {
            "bulletin": found,
            "sheet": sheet,
            "sources": sources,
            "texts_changed": list(found.texts),
            "steps": steps,
            "works": works,
            "may_draw": may_draw,
            "may_check": may_check,
            "may_sign": may_sign,
            "readers": queries.readers(found) if works else [],
            "plans": found.snapshot.get("plans", []),
            "sign": SignForm(
                typed if typed and "signatory" in typed else None, initial={"dated": timezone.localdate()}
            ),
            "problem": problem,
            "typed": typed or {},
            "next": _next(state, draw=may_draw, check=may_check, sign=may_sign),
            "draft": state in (BulletinState.DRAFT, BulletinState.CHECKED, BulletinState.SIGNED),
        },
        status=status,
    )


def _next(state: BulletinState, *, draw: bool, check: bool, sign: bool) -> str:
    """The one act that is the page's next step for this person."""
    if state == BulletinState.DRAFT:
        return "check" if check else ""
    if state == BulletinState.CHECKED:
        return "sign" if sign else ""
    return "issue" if state == BulletinState.SIGNED and draw else ""


@require_safe
def public_list(request: HttpRequest) -> HttpResponse:
    """The bulletins that everybody may read."""
    rows = policies.public_bulletins().select_related("owner").defer("snapshot", "texts").order_by("-issued_at", "-pk")
    page = Paginator(rows, PAGE).get_page(number_of(request.GET.get("page", "")) or 1)
    context = {
        "rows": list(page),
        "total": page.paginator.count,
        "page": {"number": page.number, "pages": page.paginator.num_pages},
        "page_address": "?page=",
    }
    return render(request, "bulletins/public_list.html", context)


@require_safe
def public(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """One public bulletin: the document, without steps and people."""
    found = get_object_or_404(policies.public_bulletins().select_related("owner"), pk=bulletin_id)
    sheet = queries.sheet_of(found)
    return render(request, "bulletins/public.html", {"bulletin": found, "sheet": sheet})

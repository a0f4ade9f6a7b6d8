"""My returns: what is to be filled in, by when, and what became of the rest."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from luoshi.apps.organisations.models import Role
from luoshi.apps.organisations.policies import authority
from luoshi.apps.plans.views.reading import number_in
from luoshi.apps.reporting.models import Return, ReturnState
from luoshi.apps.reporting.policies import READERS, fillable_returns
from luoshi.apps.reporting.queries.returns import listed, returns_to_fill
from luoshi.apps.reporting.states import EDITABLE
from luoshi.apps.reporting.telling import moment_in_words
from luoshi.apps.reporting.views.answers import (
    left_in_words,
    narrowed,
    state_of,
)
from luoshi.periods import Period

PAGE = 100
#: The tabs of the list: what is to be done comes first.
TABS = {"": "待填报", "review": "在审核", "done": "已通过", "missed": "已截止", "all": "全部"}


def _of_tab(user: Any, tab: str) -> QuerySet[Return]:
    if tab == "":
        return returns_to_fill(user)
    mine = listed(fillable_returns(user)).order_by("-round__due_at", "round__form__title", "unit__path", "pk")
    if tab == "review":
        return mine.filter(state=ReturnState.IN_REVIEW)
    if tab == "done":
        return mine.filter(state__in=(ReturnState.ACCEPTED, ReturnState.EXEMPT))
    if tab == "missed":
        return mine.filter(state__in=EDITABLE).exclude(pk__in=returns_to_fill(user).values("pk"))
    return mine


def _row(answer: Return, now: Any) -> dict[str, Any]:
    to_do = answer.state in EDITABLE
    left, kind = left_in_words(answer.round.due_at, now) if to_do else ("", "later")
    return {
        "pk": answer.pk,
        "form": answer.round.form.title,
        "unit": str(answer.unit),
        "period": Period.parse(answer.round.period).label,
        "due": moment_in_words(answer.round.due_at),
        "left": left,
        "left_kind": kind,
        "state": state_of(answer, now),
        "to_do": to_do,
        "verb": "去改正" if answer.state == ReturnState.SENT_BACK else "填报",
        "note": f"收表单位：{answer.round.form.owner}",
    }


def _group_of(row: dict[str, Any]) -> str:
    if row["state"].key == ReturnState.SENT_BACK:
        return "被退回，请改正"
    return {"late": "已逾期，请尽快报送", "today": "今天截止", "soon": "三天内截止"}.get(row["left_kind"], "以后截止")


def _choices(user: Any) -> dict[str, list[tuple[str, str]]]:
    """What the filters offer: forms, units and periods of the person's returns."""
    mine = fillable_returns(user).order_by()
    periods = sorted({Period.parse(period) for period in mine.values_list("round__period", flat=True).distinct()})
    return {
        "forms": list(
            mine.order_by("round__form__title").values_list("round__form__key", "round__form__title").distinct()
        ),
        "units": list(
            mine.order_by("unit__path").values_list("unit__key", "unit__short_name", "unit__path").distinct()
        ),
        "periods": [(str(period), period.label) for period in reversed(periods[-60:])],
    }


@require_GET
@login_required
def return_list(request: HttpRequest) -> HttpResponse:
    """What I have to fill in, by when; and what became of the rest."""
    now, user = timezone.now(), request.user
    asked = narrowed(request.GET, "state", "form", "unit", "period")
    tab = asked["state"] if asked["state"] in TABS else ""
    narrowing = {"round__form__key": asked["form"], "unit__key": asked["unit"], "round__period": asked["period"]}
    narrowing = {name: value for name, value in narrowing.items() if value}
    rows = _of_tab(user, tab).filter(**narrowing)
    total = rows.count()
    pages = max(1, -(-total // PAGE))
    page = min(number_in(request.GET, "page"), pages)
    found = [_row(answer, now) for answer in rows[(page - 1) * PAGE : page * PAGE]]
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in found:
        groups.setdefault(_group_of(row) if tab == "" else TABS[tab], []).append(row)
    if tab == "" and found:
        found[0]["first"] = True
    choices = _choices(user)
    choices["units"] = [(key, name) for key, name, _ in choices["units"]]  # type: ignore[misc]
    filters = {name: asked[name] for name in ("form", "unit", "period") if asked[name]}
    counts = _counts(user)
    tabs = [
        {
            "label": label,
            "address": urlencode(filters | ({"state": key} if key else {})),
            "active": key == tab,
            "count": counts.get(key),
        }
        for key, label in TABS.items()
    ]
    reporter = authority(user).holds(Role.REPORTER)
    context = {
        "groups": [{"label": label, "rows": rows} for label, rows in groups.items()],
        # Who reports for nobody, and never did, is led elsewhere: seven empty tabs are of no use.
        "tabs": tabs if reporter or counts["all"] else (),
        "asked": asked | {"state": tab},
        "choices": choices if choices["forms"] else None,
        "total": total,
        "page": page,
        "pages": pages,
        "page_address": urlencode(filters | ({"state": tab} if tab else {})) + "&",
        "reporter": reporter,
        "may_read_forms": authority(user).holds(*READERS),
        "may_review": authority(user).holds(Role.REVIEWER, Role.LEAD, Role.COORDINATOR),
    }
    return render(request, "reporting/returns.html", context)


def _counts(user: Any) -> dict[str, int]:
    """How many returns each tab holds (all of them, whatever is filtered): two queries."""
    done = (ReturnState.ACCEPTED, ReturnState.EXEMPT)
    found = fillable_returns(user).aggregate(
        review=Count("pk", filter=Q(state=ReturnState.IN_REVIEW)),
        done=Count("pk", filter=Q(state__in=done)),
        editable=Count("pk", filter=Q(state__in=EDITABLE)),
        all=Count("pk"),
    )
    to_do = returns_to_fill(user).count()
    return {"": to_do, "missed": found.pop("editable") - to_do} | found

"""The designer: one page, saved as one types, and publishing."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from luoshi.apps.indicators.models import CadenceChoice, Indicator
from luoshi.apps.organisations import choosing
from luoshi.apps.organisations.choosing import label_of
from luoshi.apps.organisations.models import NameKind, Unit, UnitName
from luoshi.apps.organisations.policies import require
from luoshi.apps.reporting import schedule
from luoshi.apps.reporting.actions import forms as actions
from luoshi.apps.reporting.actions.rounds import open_rounds, openings_at_once
from luoshi.apps.reporting.design import askable_units, problems_of
from luoshi.apps.reporting.errors import ReportingError
from luoshi.apps.reporting.form_errors import FormFaults, FormStale
from luoshi.apps.reporting.form_file import SCHEDULE
from luoshi.apps.reporting.models import DueKindChoice, Form, FormVersion, ReviewStage, Round, ShiftChoice
from luoshi.apps.reporting.policies import may_collect
from luoshi.apps.reporting.queries import forms as queries
from luoshi.apps.reporting.queries.burden import cells_asked
from luoshi.apps.reporting.views.forms import NO_RIGHT, form_or_404, preview_of
from luoshi.forms import MEANING_TYPES, DefinitionError, from_json
from luoshi.periods import Period, PeriodError

MOST_BYTES = 2_000_000
FOUND = 20  # suggestions at a time
MOST_GROUP = 500


def _designed(request: HttpRequest, key: str) -> tuple[Form, FormVersion | None]:
    """The form, which the person must collect, and its draft."""
    form = form_or_404(request, key)
    require(may_collect(request.user, form), NO_RIGHT)
    return form, form.versions.filter(published_at=None).first()


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def form_design(request: HttpRequest, key: str) -> HttpResponse:
    """The designer (GET), and what it saves (POST, JSON)."""
    if request.method == "POST":
        return _save(request, key)
    form, draft = _designed(request, key)
    if draft is None:
        messages.info(request, "这张报表没有草稿；要修改，请点“修订”。")
        return redirect("reporting:form", key)
    state = {
        "key": form.key,
        "revision": draft.revision,
        "title": form.title,
        "purpose": form.purpose,
        "definition": draft.definition,
        "schedule": {name: _plain(getattr(draft, name)) for name in SCHEDULE},
        "reporters": [_unit(unit) for unit in draft.reporters.order_by("path")],
        "names": _names(draft.definition),
        "told": _told(draft),
        "groups": _groups(form.owner),
        "choices": {
            "type": list(queries.TYPES.items()),
            "meaning": [(key, words, MEANING_TYPES[key]) for key, words in queries.MEANINGS.items()],
            "cadence": CadenceChoice.choices,
            "due_kind": DueKindChoice.choices,
            "shift": ShiftChoice.choices,
            "stage": ReviewStage.choices,
        },
        "urls": {
            "save": reverse("reporting:form-design", args=(form.key,)),
            "options": reverse("reporting:form-options", args=(form.key,)),
            "publish": reverse("reporting:form-publish", args=(form.key,)),
        },
    }
    context = {"form": form, "draft": draft, "state": state, "preview": preview_of(draft.definition)}
    return render(request, "reporting/form_design.html", context)


def _groups(owner: Unit) -> list[dict[str, str]]:
    """The names for several units that the form may be sent to: names of the same units once, with their number.

    Of such names the one that the register lists first: it begins with the name that documents use.
    """
    askable = set(askable_units(owner).values_list("pk", flat=True))
    members: dict[str, set[int]] = {}
    rows = UnitName.objects.filter(kind=NameKind.GROUP, units__isnull=False).order_by("pk")
    for name, unit in rows.values_list("name", "units"):
        if unit in askable:
            members.setdefault(name, set()).add(unit)
    alike: dict[frozenset[int], list[str]] = {}
    for name in members:
        alike.setdefault(frozenset(members[name]), []).append(name)
    found = [{"name": names[0], "label": f"{names[0]}（{len(units)} 个）"} for units, names in alike.items()]
    return sorted(found, key=lambda group: group["name"])[:100]


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | str | list) else f"{value.normalize():f}"


def _unit(unit: Unit) -> dict[str, Any]:
    return {"id": unit.pk, "key": unit.key, "name": label_of(unit), "kind": unit.get_kind_display()}


def _names(definition: dict[str, Any]) -> dict[str, dict[str, str]]:
    """What the keys of indicators and units that the definition names are called."""
    parts = [
        part
        for section in definition.get("sections", [])
        for part in (*section.get("fields", []), *section.get("rows", []))
    ]
    indicators = {str(part["indicator"]) for part in parts if part.get("indicator")}
    units = {str(part["unit"]) for part in parts if part.get("unit")}
    return {
        "indicators": {row.key: _indicator_name(row) for row in Indicator.objects.filter(key__in=indicators)},
        "units": {unit.key: str(unit) for unit in Unit.objects.filter(key__in=units)},
    }


def _indicator_name(row: Indicator) -> str:
    return f"{row.name}（{row.unit_of_measure}）" if row.unit_of_measure else row.name


def _told(draft: FormVersion) -> dict[str, Any]:
    """What the page says of the draft as it stands: problems, dates, how much it asks."""
    try:
        asked = cells_asked(from_json(draft.definition))
        count: int | None = asked.total({})
    except DefinitionError:
        count = None
    coming = schedule.coming(draft, timezone.localdate())
    return {
        "problems": [{"message": one.message, "place": one.place} for one in problems_of(draft)],
        "words": schedule.due_words(draft),
        "coming": [
            {
                "label": one.period.label,
                "due": f"{one.due.date:%Y-%m-%d}",
                "weekday": "一二三四五六日"[one.due.date.weekday()],
                "opens": f"{one.opens_on:%Y-%m-%d}",
                "assumption": one.due.assumption,
            }
            for one in coming
        ],
        "cells": count,
        "minutes": None if count is None else round(count * draft.minutes_a_cell),
    }


def _json_errors(view: Callable[..., JsonResponse]) -> Callable[..., JsonResponse]:
    """Refusals as JSON with words for the page."""

    @functools.wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> JsonResponse:
        try:
            return view(*args, **kwargs)
        except FormStale as error:
            return JsonResponse({"message": str(error), "stale": True, "revision": error.revision}, status=409)
        except ReportingError as error:
            return JsonResponse({"message": str(error)}, status=409)
        except ValidationError as error:
            fields = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
            return JsonResponse({"message": "；".join(error.messages), "errors": fields}, status=422)
        except PermissionDenied as error:
            return JsonResponse({"message": str(error) or NO_RIGHT}, status=403)

    return guarded


@_json_errors
def _save(request: HttpRequest, key: str) -> JsonResponse:
    form, _ = _designed(request, key)
    if len(request.body) > MOST_BYTES:
        raise ValidationError("表式过大，请拆成几张报表。")
    try:
        sent = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise ValidationError("请求的内容无法读取。") from error
    if not isinstance(sent, dict) or not isinstance(sent.get("changes"), dict):
        raise ValidationError("请求的内容无法读取。")
    revision = sent.get("revision")
    if type(revision) is not int:
        raise ValidationError("请求的内容无法读取。")
    draft = actions.save_form_version(acting_user=request.user, form=form, revision=revision, changes=sent["changes"])
    preview = render_to_string("reporting/form_preview.html", {"preview": preview_of(draft.definition)})
    return JsonResponse({"revision": draft.revision, "told": _told(draft), "preview": preview})


@require_safe
@login_required
def form_options(request: HttpRequest, key: str) -> JsonResponse:
    """Units, the units of a group, or indicators whose names hold the text: for the designer's search fields."""
    form, _ = _designed(request, key)
    text = " ".join(request.GET.get("text", "").replace("\0", "").split())[:60]
    what = request.GET.get("what", "units")
    if what == "indicators":
        found = Indicator.objects.filter(merged_into=None, is_active=True)
        if text:
            found = found.filter(Q(name__icontains=text) | Q(key__startswith=text) | Q(definition__icontains=text))
        rows = [
            {"key": row.key, "name": _indicator_name(row), "note": f"{row.get_kind_display()}·{row.owner}"}
            for row in found.select_related("owner").order_by("name", "pk")[:FOUND]
        ]
        return JsonResponse({"rows": rows})
    units = askable_units(form.owner)
    if what == "group":
        members = UnitName.objects.filter(kind=NameKind.GROUP, name=text).values("units")
        return JsonResponse({"rows": [_unit(unit) for unit in units.filter(pk__in=members)[:MOST_GROUP]]})
    rows = [
        {"id": one.id, "key": one.key, "name": one.label, "note": one.note} for one in choosing.options(text, units)
    ]
    return JsonResponse({"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def form_publish(request: HttpRequest, key: str) -> HttpResponse:
    """Say from when the draft is in force, see what changes and whom it meets, publish."""
    form, draft = _designed(request, key)
    if draft is None:
        if request.method == "POST":
            messages.info(request, "这张报表没有待发布的草稿。")
        return redirect("reporting:form", key)
    typed = {"first_period": request.POST.get("first_period", ""), "reason": request.POST.get("reason", "")}
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            made = actions.publish_form_version(
                acting_user=request.user, form=form, first_period=typed["first_period"], reason=typed["reason"]
            )
        except ValidationError as error:
            errors, status = {name: "；".join(texts) for name, texts in error.message_dict.items()}, 422
        except FormFaults:
            status = 422  # the page lists them
        except ReportingError as error:
            errors, status = {"": str(error)}, 409
        else:
            opened = [one for one in open_rounds() if one.form_id == form.pk]
            said = f"第{made.ordinal}版已发布，从{Period.parse(made.first_period).label}起填报。"
            if opened:
                said += f"现已开放 {len(opened)} 期。"
            messages.success(request, said)
            return redirect("reporting:form", form.key)
    return _publish_page(request, form, draft, typed, errors, status)


def _publish_page(
    request: HttpRequest, form: Form, draft: FormVersion, typed: dict[str, str], errors: dict[str, str], status: int
) -> HttpResponse:
    today = timezone.localdate()
    before = form.versions.filter(published_at__isnull=False).order_by("-ordinal").first()
    last = Round.objects.filter(form=form).order_by("-last_day").first()
    choices: list[Period] = []
    try:
        period = schedule.first_period_after(draft, today, last.last_day if last else None)
    except ValueError:
        period = None
    if period is not None:
        choices = [period]
        earlier = period
        # The year from its beginning, for a form that is to catch up; only where nothing was opened yet.
        while last is None and earlier.year == period.year and len(choices) < 12:
            earlier = earlier.previous()
            if earlier.year == period.year:
                choices.insert(0, earlier)
        for _ in range(6):
            choices.append(choices[-1].next())
    context = {
        "form": form,
        "draft": draft,
        "problems": problems_of(draft),
        "before": before,
        "changes": queries.difference_of(before, draft) if before else (),
        "due": schedule.due_words(draft),
        "periods": [(str(one), _choice(draft, one)) for one in choices],
        "typed": {**typed, "first_period": typed["first_period"] or (str(period) if period else "")},
        "errors": errors,
        "reporters": list(draft.reporters.order_by("path")),
        "last": last,
        "last_label": _label(last.period) if last else "",
    }
    return render(request, "reporting/form_publish.html", context, status=status)


def _choice(draft: FormVersion, first: Period) -> str:
    """A first period to choose, with how many rounds open at once where that is more than one."""
    count = openings_at_once(draft, first, timezone.now())
    return f"{first.label}（一次开放 {count} 期，过去各期须补报）" if count > 1 else first.label


def _label(text: str) -> str:
    try:
        return Period.parse(text).label
    except PeriodError:
        return text

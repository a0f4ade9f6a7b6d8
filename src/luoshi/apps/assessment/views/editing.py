"""The editor of a draft: items as a form, and the text with its problems beside; what is typed stays."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from luoshi.apps.assessment import actions, item_form, policies, queries
from luoshi.apps.assessment.errors import Invalid, Stale
from luoshi.apps.assessment.item_fields import ABOUT, FIGURES, METHODS, RULES
from luoshi.apps.assessment.models import Scheme, SchemeVersion
from luoshi.apps.assessment.texts import MOST_LETTERS, read
from luoshi.apps.assessment.trial import try_out
from luoshi.apps.assessment.views.shared import (
    REFUSALS,
    draft_or_404,
    revision_of,
    scheme_or_404,
    status_of,
    told,
)
from luoshi.apps.organisations.policies import require
from luoshi.scoring import Problem, SchemeError, dump_data
from luoshi.scoring.yaml_text import read_yaml


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: HttpRequest, scheme_id: int) -> HttpResponse:
    """Change the open draft."""
    scheme = scheme_or_404(request, scheme_id)
    draft = draft_or_404(request, scheme)
    require(policies.may_keep(request.user, scheme.owner), "只有考核单位的统筹办、牵头处室可以修改评分办法。")
    if request.method != "POST":
        return _page(request, scheme, draft, draft.text, request.GET.get("item", ""))
    text = request.POST.get("text", draft.text).replace("\r\n", "\n")
    item = request.POST.get("item", "")
    try:
        text, item = _changed(request, text, item)
        actions.edit_draft(acting_user=request.user, version_id=draft.pk, text=text, revision=revision_of(request))
    except REFUSALS as error:
        theirs = draft_or_404(request, scheme) if isinstance(error, Stale) else None
        return _page(request, scheme, draft, text, item, told(error), status_of(error), theirs)
    messages.success(request, "已保存。")
    address = reverse("assessment:scheme-edit", args=(scheme.pk,))
    return redirect(f"{address}?item={item}" if item else address)


def _changed(request: HttpRequest, text: str, item: str) -> tuple[str, str]:
    """The text after the act that the form asks for, and the item to show next."""
    act = request.POST.get("act", "text")
    if act == "text":
        return text, item
    data = _data(text)
    if data is None:
        raise Invalid("文本里有写法错误，请先在文本里改好，再用表格修改。")
    known = item_form.outline(data)
    if act == "add":
        groups = [at for at, _ in known.groups]
        group = int(request.POST["group"]) if request.POST.get("group", "").isdecimal() else -1
        if group not in groups:
            raise Invalid("请选择加在哪一类。")
        fresh = item_form.new_item(data)
        known_items = data["groups"][group].get("items")
        data["groups"][group]["items"] = [*(known_items if isinstance(known_items, list) else []), fresh]
        return dump_data(data), fresh["key"]
    place = known.places.get(item)
    if place is None:
        raise Invalid("没有找到要改的项目，请重新选择。")
    if act == "remove":
        group_items = data["groups"][place.group]["items"]
        siblings = group_items if place.part is None else group_items[place.item]["parts"]
        if len(siblings) == 1:
            raise Invalid("这一类只剩这一项，不能删去；请在文本里把整类一起删去。")
        del siblings[place.item if place.part is None else place.part]
        return dump_data(data), ""
    current = item_form.item_at(data, place)
    changed = item_form.taken(current, {name: value for name, value in request.POST.items() if isinstance(value, str)})
    if changed == current:
        return text, item
    current.clear()
    current.update(changed)
    return dump_data(data), item


def _data(text: str) -> Any:
    """The plain data of a text; ``None`` where it is no YAML at all."""
    try:
        data, _ = read_yaml(text)
    except SchemeError:
        return None
    return data if isinstance(data, dict) else None


def _page(
    request: HttpRequest,
    scheme: Scheme,
    draft: SchemeVersion,
    text: str,
    item: str,
    problem: str = "",
    status: int = 200,
    theirs: SchemeVersion | None = None,
) -> HttpResponse:
    loaded, problems = read(text)
    data = _data(text)
    known = item_form.outline(data) if data is not None else item_form.Outline()
    place = known.places.get(item) or next(iter(known.places.values()), None)
    if place is not None and item not in known.places:
        item = next(iter(known.places))
    one = item_form.item_at(data, place) if place is not None else {}
    typed = request.POST if request.method == "POST" and request.POST.get("act") == "item" else {}
    kind = typed.get("method", item_form.type_of(one)) if typed else item_form.type_of(one)
    origins = draft.provenance.get("items", {})
    context = {
        "scheme": scheme,
        "version": draft,
        "text": text,
        "lines": range(1, text.count("\n") + 2),
        "most": MOST_LETTERS,
        "problems": problems,
        "loaded": loaded,
        "rows": [(*row, bool(origins.get(row[0], {}).get("doubts"))) for row in known.rows],
        "groups": known.groups,
        "item": item,
        "is_part": place is not None and place.part is not None,
        "parts": len(one.get("parts") or ()) if isinstance(one.get("parts"), list) else 0,
        "origin": origins.get(item, {}),
        "about": _fields(one, ABOUT, typed),
        "figures": _fields(one, FIGURES, typed),
        "rules": _fields(one, RULES, typed),
        "method": kind,
        "methods": [
            (known_method, _fields(one, known_method.inputs, typed, known_method.type)) for known_method in METHODS
        ],
        "readable": data is not None,
        "trial": try_out(loaded) if loaded is not None else None,
        "problem": problem,
        "theirs": theirs,
        "remarks": draft.provenance.get("remarks", ()),
        "words": queries.groups_of(loaded, draft.provenance) if loaded is not None else [],
    }
    return render(request, "assessment/scheme_edit.html", context, status=status)


def _fields(one: Any, inputs: Any, typed: Any, kind: str = "") -> list[tuple[str, item_form.Shown]]:
    """Names in the form with the fields; what was typed beats what is kept."""
    found = []
    for field in item_form.shown(one, inputs, own=not kind or kind == item_form.type_of(one)):
        name = f"{kind}.{field.input.name}" if kind else field.input.name
        value = typed.get(name, field.value) if typed else field.value
        found.append((name, item_form.Shown(field.input, value)))
    return found


@require_POST
@login_required
def check(request: HttpRequest, scheme_id: int) -> HttpResponse:
    """What is wrong with a text while it is typed; or, with ``trial``, what it comes to with the figures given."""
    scheme = scheme_or_404(request, scheme_id)
    require(policies.may_keep(request.user, scheme.owner), "只有考核单位的统筹办、牵头处室可以修改评分办法。")
    text = request.POST.get("text", "")
    loaded, problems = read(text) if len(text) <= MOST_LETTERS else (None, [Problem(0, f"内容超过{MOST_LETTERS}字")])
    if request.POST.get("trial"):
        trial = try_out(loaded, request.POST.get("facts", "")) if loaded is not None else None
        return render(request, "assessment/_trial.html", {"trial": trial, "problems": problems})
    return render(request, "assessment/_problems.html", {"problems": problems, "loaded": loaded})

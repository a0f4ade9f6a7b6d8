"""The confirm screen: its page, and what its scripts ask for."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from luoshi.apps.intake import actions, naming, queries, source
from luoshi.apps.intake.actions.items import MERGED, SURE
from luoshi.apps.intake.actions.locking import open_draft
from luoshi.apps.intake.errors import IntakeError, Invalid
from luoshi.apps.intake.issuer import other_issuer
from luoshi.apps.intake.models import Draft, DraftState, ItemKind
from luoshi.apps.intake.policies import remembers, visible_drafts
from luoshi.apps.intake.suggesting import suggest
from luoshi.apps.intake.views.common import (
    body_of,
    draft_or_404,
    item_answer,
    item_or_404,
    json_view,
    keeper_page,
)
from luoshi.apps.plans.models import ComparatorChoice, DeadlineRuleChoice, Tier


def _choices() -> dict[str, Any]:
    """The choices of the forms, in words."""
    return {
        "comparator": [
            [">=", "≥ 不低于（以上）"],
            [">", "＞ 超过"],
            ["<=", "≤ 不超过（以内）"],
            ["<", "＜ 低于"],
            ["=", "＝ 达到（就是这个数）"],
            ["~", "约 左右"],
        ],
        "signs": dict(ComparatorChoice.choices),
        "rule": [list(choice) for choice in DeadlineRuleChoice.choices],
        "tier": [["", "不分档"], *[list(choice) for choice in Tier.choices]],
        "kind": [list(choice) for choice in ItemKind.choices],
    }


@require_GET
@keeper_page
def draft_detail(request: HttpRequest, draft_id: int) -> HttpResponse:
    """The confirm screen. The first part of the source comes with the page, the rest when it is scrolled to."""
    draft = draft_or_404(request, draft_id, queries.with_counts(visible_drafts(request.user)))
    parts = source.parts_of(draft)
    config = {
        "draft": draft.pk,
        "open": draft.state == DraftState.OPEN,
        "sure": SURE,
        "user": str(request.user),
        "choices": _choices(),
        "base": reverse("intake:draft", args=(draft.pk,)),
        "remembers": remembers(request.user),
        "defaultParent": {"key": draft.owner.key, "name": str(draft.owner)},
    }
    context = {
        "draft": draft,
        "config": config,
        "parts": parts[1:],
        "first_part": parts[0] if parts else None,
        "first_lines": source.render(draft, *parts[0]) if parts else "",
        "kinds": ItemKind.choices,
        "other_issuer": other_issuer(draft) if draft.state == DraftState.OPEN else "",
        "siblings": _siblings(request.user, draft),
        "resumable": draft.state == DraftState.PUBLISHED and bool(draft.pending) and actions.is_latest(draft),
    }
    return render(request, "intake/draft.html", context)


def _siblings(user: Any, draft: Draft) -> list[Draft]:
    """The drafts of the same file that the person may see, so that a gazette is worked through without going back."""
    return list(
        visible_drafts(user)
        .filter(upload_id=draft.upload_id)
        .order_by("ordinal")
        .only("pk", "ordinal", "title", "state")[:200]
    )


@require_GET
@json_view
def draft_items(request: HttpRequest, draft_id: int) -> HttpResponse:
    """All items, with unit names and the nearest names of unknown ones."""
    draft = draft_or_404(request, draft_id)
    return JsonResponse(queries.draft_items(draft), json_dumps_params={"ensure_ascii": False})


@require_GET
@keeper_page
def draft_lines(request: HttpRequest, draft_id: int) -> HttpResponse:
    """A stretch of the source as HTML."""
    draft = draft_or_404(request, draft_id)
    try:
        first, last = int(request.GET.get("first", "")), int(request.GET.get("last", ""))
    except ValueError:
        return HttpResponse("请给出行号。", status=400)
    return HttpResponse(source.render(draft, first, min(last, first + 5 * source.PART)))


@require_GET
@keeper_page
def table_body(request: HttpRequest, draft_id: int, item_id: int) -> HttpResponse:
    """A table as it stands: HTML to look at, ``?format=json`` to correct it."""
    item = item_or_404(draft_or_404(request, draft_id), item_id)
    if request.GET.get("format") == "json" and item.kind == ItemKind.TABLE:
        body = {name: item.data[name] for name in ("title", "header", "rows")}
        read = {name: (item.original or item.data)[name] for name in ("title", "header", "rows")}
        return JsonResponse({**body, "read": read, "revision": item.revision})
    return render(request, "intake/_table.html", {"table": item.data if item.kind == ItemKind.TABLE else {}})


@require_POST
@json_view
def item_decide(request: HttpRequest, draft_id: int, item_id: int) -> HttpResponse:
    """Accept, correct, reject, restore or merge one item."""
    draft = draft_or_404(request, draft_id)
    item = item_or_404(draft, item_id)
    sent = body_of(request)
    revision = sent.get("revision")
    if not isinstance(revision, int):
        raise Invalid({"revision": "发送的内容有误，请刷新页面。"})
    if sent.get("decision") == "merge":
        return item_answer(actions.merge_measure(acting_user=request.user, item=item, revision=revision), reload=True)
    measure = sent.get("measure")
    merged = MERGED in item.data
    decided = actions.decide(
        acting_user=request.user,
        item=item,
        decision=str(sent.get("decision")),
        revision=revision,
        data=sent.get("data"),
        measure_key=measure if isinstance(measure, str) else None,
    )
    # What moves back under a measure that is taken up again is not in this answer.
    return item_answer(decided, reload=merged and MERGED not in decided.data)


@require_POST
@json_view
def item_suggest(request: HttpRequest, draft_id: int) -> HttpResponse:
    """What the selected characters say, for the form of an item of this kind."""
    draft = draft_or_404(request, draft_id)
    sent = body_of(request)
    data = suggest(draft, str(sent.get("kind")), sent.get("spans") or ())
    return JsonResponse({"data": data, "units": naming.unit_names(data)})


@require_POST
@json_view
def item_add(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Add an item from selected characters."""
    draft = draft_or_404(request, draft_id)
    sent = body_of(request)
    measure = sent.get("measure")
    item = actions.add_item(
        acting_user=request.user,
        draft=draft,
        kind=str(sent.get("kind")),
        spans=sent.get("spans") or (),
        data=sent.get("data") or {},
        measure_key=measure if isinstance(measure, str) else None,
    )
    return item_answer(item, reload=item.kind == ItemKind.MEASURE)


@require_POST
@json_view
def accept_sure(request: HttpRequest, draft_id: int) -> HttpResponse:
    """全部确认."""
    draft = draft_or_404(request, draft_id)
    threshold = body_of(request).get("threshold", SURE)
    # Compared before it becomes a float: an integer of hundreds of digits is none.
    if not isinstance(threshold, int | float) or not 0 <= threshold <= 1:
        raise Invalid({"threshold": "把握的下限有误。"})
    return JsonResponse({"ids": actions.accept_sure(acting_user=request.user, draft=draft, threshold=float(threshold))})


@require_POST
@json_view
def restore_many(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Undo 全部确认."""
    draft = draft_or_404(request, draft_id)
    ids = body_of(request).get("ids")
    if not isinstance(ids, list) or not all(isinstance(pk, int) for pk in ids):
        raise Invalid({"ids": "发送的内容有误。"})
    return JsonResponse({"ids": actions.restore_many(acting_user=request.user, draft=draft, item_ids=ids)})


@require_POST
@json_view
def name_resolve(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Say which unit a printed name means, or add that unit first."""
    draft = draft_or_404(request, draft_id)
    sent = body_of(request)
    name = str(sent.get("name") or "")
    try:
        with transaction.atomic():
            # The draft's lock comes first, as in every act on a draft: the register and the journal are locked below.
            open_draft(request.user, draft.pk)
            left_open = sent.get("open") is True
            units = [] if left_open else naming.chosen_units(request.user, draft, sent)
            changed = actions.resolve_name(
                acting_user=request.user,
                draft=draft,
                name=name,
                units=units,
                remember=bool(sent.get("remember")),
                left_open=left_open,
            )
    except ValidationError as error:
        raise Invalid(naming.messages_of(error)) from error
    known = queries.item_rows(changed)
    return JsonResponse({"items": known["items"], "units": known["units"]})


@require_GET
@json_view
def unit_search(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Units by a part of any of their names."""
    draft_or_404(request, draft_id)
    return JsonResponse({"units": queries.search_units(request.GET.get("q", "")[:60])})


@require_POST
@keeper_page
def draft_discard(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Set the draft aside."""
    draft = draft_or_404(request, draft_id)
    try:
        actions.discard(acting_user=request.user, draft=draft)
        messages.success(request, f"已弃用《{draft.title}》，可在此页恢复。")
    except IntakeError as error:
        messages.error(request, str(error))
    return redirect("intake:draft", draft_id)


@require_POST
@keeper_page
def draft_reopen(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Take it up again."""
    draft = draft_or_404(request, draft_id)
    try:
        actions.reopen(acting_user=request.user, draft=draft)
    except IntakeError as error:
        messages.error(request, str(error))
    return redirect("intake:draft", draft_id)


@require_POST
@keeper_page
def draft_resume(request: HttpRequest, draft_id: int) -> HttpResponse:
    """补确认: take a published draft up again."""
    draft = draft_or_404(request, draft_id)
    try:
        actions.resume(acting_user=request.user, draft=draft)
        messages.success(
            request, "可以接着确认其余各项了。台账暂不变动，办完后点“发布台账”，作为同一方案的新一版发布。"
        )
    except IntakeError as error:
        messages.error(request, str(error))
    return redirect(f"{reverse('intake:draft', args=(draft_id,))}?show=pending")

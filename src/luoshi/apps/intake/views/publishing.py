"""A draft's head, and publishing it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from luoshi.apps.intake import actions, naming, queries
from luoshi.apps.intake.actions.items import SURE
from luoshi.apps.intake.actions.publishing import hindrance, prepare
from luoshi.apps.intake.errors import IntakeError, Invalid
from luoshi.apps.intake.forms import DetailsForm
from luoshi.apps.intake.issuer import other_issuer
from luoshi.apps.intake.models import DraftState
from luoshi.apps.intake.views.common import draft_or_404, keeper_page
from luoshi.apps.plans import actions as plans
from luoshi.apps.plans.queries.difference import difference_rows, differing

_SHOWN = 300  # differences on the page
_WHAT = {"added": "新增", "changed": "更改", "retired": "取消", "kept": "保留"}


@require_http_methods(["GET", "POST"])
@keeper_page
def draft_details(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Title, number, date, years, owner, supersedes."""
    draft = draft_or_404(request, draft_id)
    if request.method == "POST":
        form = DetailsForm(request.POST, user=request.user, draft=draft)
        if form.is_valid():
            try:
                actions.set_details(acting_user=request.user, draft=draft, **form.cleaned_data)
            except Invalid as error:
                for field, text in error.errors.items():
                    form.add_error(field if field in form.fields else None, text)
            except IntakeError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, "已保存。")
                back = "intake:publish" if request.GET.get("next") == "publish" else "intake:draft"
                return redirect(back, draft_id)
    else:
        form = DetailsForm(initial=DetailsForm.initial_of(draft), user=request.user, draft=draft)
    suggested = None if draft.supersedes_id else actions.suggested_plan(draft)
    context = {"draft": draft, "form": form, "suggested": suggested, "other_issuer": other_issuer(draft)}
    return render(request, "intake/details.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@keeper_page
def draft_publish(request: HttpRequest, draft_id: int) -> HttpResponse:
    """What publishing will do, in words; POST does it."""
    draft = draft_or_404(request, draft_id)
    if draft.state == DraftState.PUBLISHED:
        return redirect("plans:detail", draft.version.plan_id)
    include = SURE if (request.POST if request.method == "POST" else request.GET).get("include") == "sure" else None
    trouble = ""
    if request.method == "POST":
        try:
            version = actions.publish(acting_user=request.user, draft=draft, include_from=include)
        except (IntakeError, ValidationError, plans.InvalidPublication) as error:
            trouble = (
                "；".join(naming.messages_of(error).values()) if isinstance(error, ValidationError) else str(error)
            )
        else:
            messages.success(request, "已发布台账，各有关单位现在可以看到自己的任务。")
            return redirect("plans:detail", version.plan_id)
    context = {**_outlook(draft, include), "trouble": trouble}
    return render(request, "intake/publish.html", context, status=409 if trouble else 200)


def _outlook(draft: Any, include: float | None) -> dict[str, Any]:
    """What stands on the page before publishing."""
    prepared = prepare(draft, include_from=include)
    publication = prepared.publication
    counts = queries.counts_by_kind(draft)
    units = {pk for responsibility in publication.responsibilities for pk in responsibility.unit_ids}
    unsettled = queries.unsettled_names(draft)
    changes = plans.compare(draft.supersedes, publication, prepared.state) if draft.supersedes else []
    differ = differing(changes)
    return {
        "draft": draft,
        "other_issuer": other_issuer(draft),
        "publication": publication,
        "tasks": sum(measure.is_task for measure in publication.measures),
        "counts": counts,
        "pending": sum(row.pending for row in counts),
        "pending_sure": sum(row.pending_sure for row in counts),
        "rejected": sum(row.rejected for row in counts),
        "include": include is not None,
        "unit_count": len(units),
        "unknown": unsettled.unknown,
        "departed": unsettled.departed,
        "left_open": unsettled.left_open,
        "unchanged": prepared.unchanged,
        "clauses": prepared.clauses,
        "rows": difference_rows(differ[:_SHOWN]),
        "change_count": len(differ),
        "change_totals": [(word, Counter(change.what for change in changes)[what]) for what, word in _WHAT.items()],
        "suggested": None if draft.supersedes_id else actions.suggested_plan(draft),
        "empty": not publication.measures and not publication.targets,
        "hindrance": hindrance(draft, prepared),
    }

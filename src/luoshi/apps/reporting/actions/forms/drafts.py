"""A form's draft: saved as one types, published from a period on, begun anew, thrown away.

A form has at most one draft. Publishing gives it a first period: rounds that are already open keep the version that
they were opened with, so that old returns stay as they were asked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from luoshi.apps.journal.actions import Act, record
from luoshi.apps.journal.models import Entry
from luoshi.apps.organisations.models import Unit
from luoshi.apps.reporting import form_file
from luoshi.apps.reporting.actions.forms.checks import require_design, set_reporters, text_from, title_from
from luoshi.apps.reporting.actions.locking import moment
from luoshi.apps.reporting.actions.rounds import openings_at_once
from luoshi.apps.reporting.design import problems_of
from luoshi.apps.reporting.form_errors import FormFaults, FormStale, NotNow
from luoshi.apps.reporting.form_telling import tell_duplicates
from luoshi.apps.reporting.models import Form, FormVersion, Round
from luoshi.periods import Period, PeriodError

EDIT = "编辑报表草稿"
#: Further saves of the same draft by the same person within this time are one entry of the journal.
ONE_SITTING = dt.timedelta(minutes=10)
#: So many past periods can be caught up by publishing; a year further back is a slip of the hand.
MOST_AT_ONCE = 36


def save_form_version(
    *,
    acting_user: Any,
    form: Form,
    revision: int,
    changes: Mapping[str, Any],
    now: dt.datetime | None = None,
) -> FormVersion:
    """Save some of a draft: ``title``, ``purpose``, ``reporters`` (numbers of units), and ``form_file.NAMES``.

    The definition is kept as it was typed, faults included: publishing asks for none. ``FormStale`` where somebody
    else saved meanwhile, ``ValidationError`` by field; then nothing is stored.
    """
    with transaction.atomic():
        draft = _locked_draft(acting_user, form)
        form = draft.form
        if draft.revision != revision:
            raise FormStale(draft.revision)
        changes = dict(changes)
        before, after = {}, {}
        texts = {}
        if "title" in changes:
            texts["title"] = title_from(changes.pop("title"))
        if "purpose" in changes:
            texts["purpose"] = text_from("purpose", changes.pop("purpose"), 300)
        for name, value in texts.items():
            if getattr(form, name) != value:
                before[name], after[name] = getattr(form, name), value
                setattr(form, name, value)
        if after:
            form.save(update_fields=tuple(after))
        units = changes.pop("reporters", None)
        content = form_file.changed(form_file.content_of(draft), changes) if changes else None
        redrawn = False
        if content is not None:
            for name, value in content.stored().items():
                if getattr(draft, name) != value:
                    if name == "definition":
                        redrawn = True
                    else:
                        before[name], after[name] = getattr(draft, name), value
                    setattr(draft, name, value)
        if units is not None:
            old, new = set_reporters(draft, form, _units(units))
            if old != new:
                before["reporters"], after["reporters"] = old, new
        if not (after or redrawn):
            return draft
        draft.revision += 1
        draft.save()
        if after or not _just_noted(acting_user, draft, moment(now)):
            record(acting_user=acting_user, acts=[Act(action=EDIT, target=draft, before=before, after=after)])
    return draft


def publish_form_version(
    *,
    acting_user: Any,
    form: Form,
    first_period: str,
    reason: str = "",
    revision: int | None = None,
    now: dt.datetime | None = None,
) -> FormVersion:
    """Put a draft in force from a period on; rounds that are open keep the version that they were opened with.

    ``FormFaults`` names every problem of the draft; a later version needs a reason. ``ValidationError`` for the period.
    """
    reason = text_from("reason", reason, 300)
    with transaction.atomic():
        draft = _locked_draft(acting_user, form)
        form = draft.form
        if revision is not None and draft.revision != revision:
            raise FormStale(draft.revision)
        if not form.is_active:
            raise NotNow("报表已停用；要发布，请先恢复启用。")
        faults = problems_of(draft)
        if faults:
            raise FormFaults([fault.message for fault in faults])
        period = _first_period(form, draft, first_period, moment(now))
        if draft.ordinal > 1 and not reason:
            raise ValidationError({"reason": "请写明变更的原因。"})
        draft.first_period, draft.first_day, draft.reason = str(period), period.first_day, reason
        draft.published_by, draft.published_at = acting_user, moment(now)
        draft.save()
        tell_duplicates(draft, moment(now))
        after = {
            "ordinal": draft.ordinal,
            "first_period": draft.first_period,
            "reason": reason,
            "cadence": draft.cadence,
            "due": [draft.due_kind, draft.due_day, draft.shift],
            "reporters": draft.reporters.count(),
        }
        record(acting_user=acting_user, acts=[Act(action="发布报表", target=draft, after=after)])
    return draft


def revise_form(*, acting_user: Any, form: Form) -> FormVersion:
    """The form's draft; a copy of its latest version where it has none yet."""
    require_design(acting_user, form)
    with transaction.atomic():
        form = Form.objects.select_for_update().get(pk=form.pk)
        draft = form.versions.filter(published_at=None).first()
        if draft is not None:
            return draft
        if not form.is_active:
            raise NotNow("报表已停用；要修改，请先恢复启用。")
        latest = form.versions.order_by("-ordinal").first()
        if latest is None:
            raise NotNow("报表没有可以修改的版次。")
        draft = FormVersion.objects.create(
            form=form,
            ordinal=latest.ordinal + 1,
            created_by=acting_user,
            **form_file.content_of(latest).stored(),
        )
        draft.reporters.set(latest.reporters.all())
        act = Act(action="修订报表", target=draft, after={"from": latest.ordinal, "ordinal": draft.ordinal})
        record(acting_user=acting_user, acts=[act])
    return draft


def discard_draft(*, acting_user: Any, form: Form) -> bool:
    """Throw a draft away; a form that was never published goes with it. Gives whether the form remains."""
    with transaction.atomic():
        draft = _locked_draft(acting_user, form)
        form = draft.form
        remains = form.versions.filter(published_at__isnull=False).exists()
        before = {"ordinal": draft.ordinal, "title": form.title, "definition": draft.definition}
        act = Act(action="删除报表草稿", target=form, before=before)
        number = form.pk
        draft.delete()
        if not remains:
            form.delete()
            form.pk = number  # for the journal
        record(acting_user=acting_user, acts=[act])
    return remains


def _locked_draft(user: Any, form: Form) -> FormVersion:
    """The form's draft, locked, with its form as it is now."""
    require_design(user, form)
    locked = Form.objects.select_for_update().get(pk=form.pk)
    draft = FormVersion.objects.select_for_update().filter(form=locked, published_at=None).first()
    if draft is None:
        raise NotNow("报表没有正在编辑的草稿；要修改，请先点“修订”。")
    draft.form = Form.objects.select_related("owner").get(pk=form.pk)
    return draft


def _first_period(form: Form, draft: FormVersion, text: str, now: dt.datetime) -> Period:
    try:
        period = Period.parse(text)
    except PeriodError as error:
        raise ValidationError({"first_period": f"{error}。"}) from error
    if period.cadence != draft.cadence:
        raise ValidationError({"first_period": f"启用期别“{period.label}”与报表的周期不一致。"})
    # A round is opened once; a version that began before an open one would never be asked for in it.
    last = Round.objects.filter(form=form).aggregate(last=Max("last_day"))["last"]
    if last is not None and period.first_day <= last:
        raise ValidationError(
            {"first_period": f"截至{last:%Y-%m-%d}的各期已经开放填报，仍按原版；请从其后的期别启用。"}
        )
    earlier = (
        form.versions.filter(published_at__isnull=False, first_day__gt=period.first_day).order_by("-ordinal").first()
    )
    if earlier is not None:
        raise ValidationError({"first_period": f"第{earlier.ordinal}版从{earlier.first_period}启用，新版不能早于它。"})
    if openings_at_once(draft, period, now) > MOST_AT_ONCE:
        raise ValidationError(
            {"first_period": f"从{period.label}启用，要一次开放{MOST_AT_ONCE}期以上；请从较近的期别启用。"}
        )
    return period


def _units(numbers: Any) -> Sequence[Unit]:
    if not isinstance(numbers, list | tuple) or not all(type(n) is int and 0 < n < 2**63 for n in numbers):
        raise ValidationError({"reporters": "填报单位应为一列单位。"})
    found = list(Unit.objects.filter(pk__in=set(numbers)))
    if len(found) < len(set(numbers)):
        raise ValidationError({"reporters": "有的单位不存在。"})
    return found


def _just_noted(user: Any, draft: FormVersion, now: dt.datetime) -> bool:
    last = (
        Entry.objects.filter(object_type=draft._meta.label_lower, object_id=str(draft.pk)).order_by("-sequence").first()
    )
    return (
        last is not None
        and last.action == EDIT
        and last.actor_id == (user.pk if user else None)
        and abs(now - last.at) < ONE_SITTING
    )

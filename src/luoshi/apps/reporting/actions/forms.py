"""Every write of a form's design: drafts, versions, copies, files; never of what units returned.

A form has at most one draft. Publishing gives it a first period: rounds that are already open keep the version that
they were opened with, so that old returns stay as they were asked. ``acting_user`` ``None`` is the system itself.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max

from luoshi.apps.intake.storable import is_storable
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.journal.models import Entry
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import authority, require
from luoshi.apps.plans.models import Plan, PlanTable
from luoshi.apps.reporting import form_file
from luoshi.apps.reporting.actions.form_indicators import link_indicators
from luoshi.apps.reporting.actions.locking import moment
from luoshi.apps.reporting.actions.rounds import openings_at_once
from luoshi.apps.reporting.design import askable_units, problems_of
from luoshi.apps.reporting.form_errors import FormFaults, FormStale, NotNow
from luoshi.apps.reporting.form_file import FormContent, FormFile
from luoshi.apps.reporting.form_telling import tell_duplicates
from luoshi.apps.reporting.models import Form, FormVersion, Round
from luoshi.apps.reporting.policies import COLLECTORS, may_collect
from luoshi.periods import Period, PeriodError

EDIT = "编辑报表草稿"
#: Further saves of the same draft by the same person within this time are one entry of the journal.
ONE_SITTING = dt.timedelta(minutes=10)
#: So many past periods can be caught up by publishing; a year further back is a slip of the hand.
MOST_AT_ONCE = 36
#: So often a key is made up anew when others create forms at the same moment.
_TRIES = 10
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
#: Words that stand at the place of a form's key in addresses.
RESERVED = frozenset({"new", "ready-made", "options"})


def create_form(
    *,
    acting_user: Any,
    title: str,
    owner: Unit,
    purpose: str = "",
    key: str = "",
    plan: Plan | None = None,
    table: PlanTable | None = None,
    content: FormContent | None = None,
    reporters: Iterable[Unit] = (),
    action: str = "新建报表",
) -> Form:
    """A new form with a draft; ``key`` is made up where none is given. ``ValidationError`` by field."""
    require_collector(acting_user, owner)
    title, purpose, key = _title(title), _text("purpose", purpose, 300), key.strip()
    content = content or FormContent()
    if key and (not _KEY.fullmatch(key) or key in RESERVED):
        raise ValidationError({"key": "代码只用小写字母、数字和连字符。"})
    with transaction.atomic():
        form = _inserted(key, title=title, owner=owner, purpose=purpose, plan=plan, table=table, created_by=acting_user)
        draft = FormVersion.objects.create(form=form, ordinal=1, created_by=acting_user, **content.stored())
        _set_reporters(draft, form, reporters)
        after = {"title": title, "owner": owner.key, "plan": plan.pk if plan else None, "table": table and table.pk}
        record(acting_user=acting_user, acts=[Act(action=action, target=form, after=after)])
    return form


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
            texts["title"] = _title(changes.pop("title"))
        if "purpose" in changes:
            texts["purpose"] = _text("purpose", changes.pop("purpose"), 300)
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
            old, new = _set_reporters(draft, form, _units(units))
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
    reason = _text("reason", reason, 300)
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
    _require(acting_user, form)
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


def copy_form(*, acting_user: Any, form: Form, title: str, owner: Unit | None = None) -> Form:
    """A new form that asks what this one asks (its draft first), still to be published."""
    latest = form.versions.order_by("-ordinal").first()
    if latest is None:
        raise NotNow("报表没有可以复制的版次。")
    owner = owner or form.owner
    allowed = askable_units(owner).filter(pk__in=latest.reporters.values("pk"))
    return create_form(
        acting_user=acting_user,
        title=title,
        owner=owner,
        purpose=form.purpose,
        plan=form.plan,
        table=form.table,
        content=form_file.content_of(latest),
        reporters=allowed,
        action="复制报表",
    )


def retire_form(*, acting_user: Any, form: Form, reason: str) -> Form:
    """Open no more rounds; what was returned stays, and open rounds go on."""
    reason = _text("reason", reason, 300)
    if not reason:
        raise ValidationError({"reason": "请写明停用的原因。"})
    return _switch(acting_user, form, active=False, reason=reason)


def restore_form(*, acting_user: Any, form: Form) -> Form:
    """Use a retired form again."""
    return _switch(acting_user, form, active=True)


def load_form(
    *,
    acting_user: Any,
    file: FormFile,
    owner: Unit,
    reporters: Iterable[Unit] = (),
    action: str = "装入报表",
    with_key: bool = True,
) -> Form:
    """A form from a file: its indicators are found in the catalogue, or made there for the form's owner."""
    require_collector(acting_user, owner)
    with transaction.atomic():
        definition = link_indicators(acting_user=acting_user, file=file, owner=owner)
        content = form_file.changed(file.content, {"definition": definition})
        return create_form(
            acting_user=acting_user,
            title=file.title,
            owner=owner,
            purpose=file.purpose,
            key=file.key if with_key and not Form.objects.filter(key=file.key).exists() else "",
            content=content,
            reporters=reporters,
            action=action,
        )


def install_ready_made(*, acting_user: Any, key: str, owner: Unit, reporters: Iterable[Unit] = ()) -> Form:
    """A ready-made form as a draft of ``owner``; ``KeyError`` for an unknown one."""
    from luoshi.apps.reporting.ready_made import ready_made

    return load_form(acting_user=acting_user, file=ready_made(key), owner=owner, reporters=reporters, action="启用报表")


def draft_from_table(*, acting_user: Any, table: PlanTable, owner: Unit | None = None) -> Form:
    """A form drafted from a plan's annex, with its provenance; ``ValidationError`` where none can be drafted."""
    from luoshi.apps.reporting.queries.annexes import proposal_of

    owner = owner or table.plan.owner
    require_collector(acting_user, owner)
    proposal = proposal_of(table, owner)
    if proposal is None:
        raise ValidationError("这张表不是空白报表，也不是任务清单，不能拟成报表。")
    return create_form(
        acting_user=acting_user,
        title=proposal.title,
        owner=owner,
        purpose=proposal.purpose,
        plan=table.plan,
        table=table,
        content=proposal.content,
        reporters=proposal.reporters,
        action="由附表拟订报表",
    )


def require_collector(user: Any, owner: Unit) -> None:
    """Stop who may not collect forms for the unit."""
    allowed = user is None or authority(user).covers(owner, *COLLECTORS)
    require(allowed, "只有收表单位的牵头人员、统筹办和系统管理员可以设计报表。")


def _require(user: Any, form: Form) -> None:
    require(may_collect(user, form), "只有收表单位的牵头人员、统筹办和系统管理员可以设计报表。")


def _locked_draft(user: Any, form: Form) -> FormVersion:
    """The form's draft, locked, with its form as it is now."""
    _require(user, form)
    locked = Form.objects.select_for_update().get(pk=form.pk)
    draft = FormVersion.objects.select_for_update().filter(form=locked, published_at=None).first()
    if draft is None:
        raise NotNow("报表没有正在编辑的草稿；要修改，请先点“修订”。")
    draft.form = Form.objects.select_related("owner").get(pk=form.pk)
    return draft


def _switch(user: Any, form: Form, *, active: bool, reason: str = "") -> Form:
    _require(user, form)
    with transaction.atomic():
        form = Form.objects.select_for_update(of=("self",)).select_related("owner").get(pk=form.pk)
        if form.is_active == active:
            return form
        form.is_active = active
        form.save(update_fields=("is_active",))
        act = Act(action="恢复报表" if active else "停用报表", target=form, after={"reason": reason} if reason else {})
        record(acting_user=user, acts=[act])
    return form


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


def _set_reporters(draft: FormVersion, form: Form, units: Iterable[Unit]) -> tuple[list[str], list[str]]:
    """Who reports, before and after (keys)."""
    wanted = {unit.pk for unit in units}
    known = dict(askable_units(form.owner).filter(pk__in=wanted).values_list("pk", "key"))
    if len(known) < len(wanted):
        raise ValidationError({"reporters": "有的单位不在可以布置的范围内，或已经撤销。"})
    before = sorted(draft.reporters.values_list("key", flat=True))
    draft.reporters.set(known)
    return before, sorted(known.values())


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


def _inserted(key: str, **values: Any) -> Form:
    """The new form's row. Where no key was asked for, one is made up until nobody else was first with it."""
    for tries in range(_TRIES, 0, -1):
        chosen = key or _free_key()
        try:
            with transaction.atomic():  # a savepoint: PostgreSQL refuses all that follows a failure
                return Form.objects.create(key=chosen, **values)
        except IntegrityError as error:
            if key or tries == 1:
                raise ValidationError({"key": f"代码“{chosen}”已被别的报表占用，请换一个。"}) from error
    raise AssertionError("unreachable")


def _free_key() -> str:
    number = (Form.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
    while Form.objects.filter(key=f"bb-{number}").exists():
        number += 1
    return f"bb-{number}"


def _title(value: Any) -> str:
    title = _text("title", value, 200)
    if not title:
        raise ValidationError({"title": "请填写报表名称。"})
    return title


def _text(name: str, value: Any, most: int) -> str:
    if not isinstance(value, str) or not is_storable(value):
        raise ValidationError({name: "含有不能保存的字符。"})
    text = " ".join(value.split())
    if len(text) > most:
        raise ValidationError({name: f"至多{most}字。"})
    return text


__all__ = [
    "copy_form", "create_form", "discard_draft", "draft_from_table", "install_ready_made", "load_form",
    "publish_form_version", "require_collector", "restore_form", "retire_form", "revise_form", "save_form_version",
]  # fmt: skip

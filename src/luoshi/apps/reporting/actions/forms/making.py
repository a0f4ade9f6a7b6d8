"""New forms: blank, copied, from a file, from an annex; and whether a form is used on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max

from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import Plan, PlanTable
from luoshi.apps.reporting import form_file
from luoshi.apps.reporting.actions.form_indicators import link_indicators
from luoshi.apps.reporting.actions.forms.checks import (
    require_collector,
    require_design,
    set_reporters,
    text_from,
    title_from,
)
from luoshi.apps.reporting.design import askable_units
from luoshi.apps.reporting.form_errors import NotNow
from luoshi.apps.reporting.form_file import FormContent, FormFile
from luoshi.apps.reporting.models import Form, FormVersion

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
    title, purpose, key = title_from(title), text_from("purpose", purpose, 300), key.strip()
    content = content or FormContent()
    if key and (not _KEY.fullmatch(key) or key in RESERVED):
        raise ValidationError({"key": "代码只用小写字母、数字和连字符。"})
    with transaction.atomic():
        form = _inserted(key, title=title, owner=owner, purpose=purpose, plan=plan, table=table, created_by=acting_user)
        draft = FormVersion.objects.create(form=form, ordinal=1, created_by=acting_user, **content.stored())
        set_reporters(draft, form, reporters)
        after = {"title": title, "owner": owner.key, "plan": plan.pk if plan else None, "table": table and table.pk}
        record(acting_user=acting_user, acts=[Act(action=action, target=form, after=after)])
    return form


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
    reason = text_from("reason", reason, 300)
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


def _switch(user: Any, form: Form, *, active: bool, reason: str = "") -> Form:
    require_design(user, form)
    with transaction.atomic():
        form = Form.objects.select_for_update(of=("self",)).select_related("owner").get(pk=form.pk)
        if form.is_active == active:
            return form
        form.is_active = active
        form.save(update_fields=("is_active",))
        act = Act(action="恢复报表" if active else "停用报表", target=form, after={"reason": reason} if reason else {})
        record(acting_user=user, acts=[act])
    return form


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

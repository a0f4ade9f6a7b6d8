"""Filling a return from what the system holds."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from luoshi.apps.reporting.actions.locking import locked_return, moment, require_fill, require_open
from luoshi.apps.reporting.actions.saving import change
from luoshi.apps.reporting.definitions import asked_by
from luoshi.apps.reporting.errors import NotNow
from luoshi.apps.reporting.models import Return
from luoshi.apps.reporting.policies import may_fill
from luoshi.apps.reporting.prefilling import MARK, Prefilled, Reader, reader_of
from luoshi.apps.reporting.states import EDITABLE, not_editable


def prefill_return(*, acting_user: Any, answer_id: int, now: dt.datetime | None = None) -> bool:
    """Bring a return's rows up to what the system holds now; whether anything changed. Typing is no act, nor is this:
    the submission is, with all that stands in it."""
    at = moment(now)
    with transaction.atomic():
        answer = locked_return(acting_user, answer_id)
        require_fill(may_fill(acting_user, answer))
        if answer.state not in EDITABLE:
            raise NotNow(not_editable(answer.state))
        require_open(answer, at, submitting=False)
        reader = reader_of(answer.round.form.key)
        if reader is None:
            raise NotNow("这张报表没有可以带入的数据。")
        changed = fill(answer, reader)
        if changed:
            answer.updated_by, answer.updated_at = acting_user, at
            answer.save(update_fields=("cells", "rows", "reasons", "marks", "revision", "updated_by", "updated_at"))
    return changed


def fill(answer: Return, reader: Reader) -> bool:
    """Write into a locked return what its reader says, without saving it; whether anything changed."""
    found = reader(answer) or Prefilled()
    rows: dict[str, list[str]] = {}
    for section in {*found.rows, *answer.rows}:
        typed = [key for key in answer.rows.get(section, ()) if not key.startswith(MARK)]
        kept = [*found.rows.get(section, ()), *typed]
        if kept != list(answer.rows.get(section, ())):
            rows[section] = kept
    return change(answer, asked_by(answer.round.version), dict(found.cells), rows, {}, None).changed

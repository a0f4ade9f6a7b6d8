"""Every change of a run begins here: its row is locked, so that scoring, objecting and finalising take turns."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils import timezone

from luoshi.apps.assessment.errors import Stale
from luoshi.apps.assessment.models import Adoption, Run, RunAction, RunState, RunStep
from luoshi.apps.assessment.policies import may_keep, visible_runs
from luoshi.apps.intake.storable import is_storable
from luoshi.apps.journal.actions import Act
from luoshi.apps.organisations.policies import require
from luoshi.periods import Period

TEXT_LENGTH, REASON_LENGTH = 2000, 300
NOT_KEEPER = "只有考核单位的统筹、牵头人员可以办理。"


def moment(now: dt.datetime | None) -> dt.datetime:
    """The moment of an act: as given, else now."""
    return timezone.now() if now is None else now


def locked_run(user: Any, run_id: int, revision: int | None = None) -> Run:
    """The run's row, locked, with its adoption; ``Http404`` for what the person does not see, ``Stale`` where somebody
    has acted since ``revision``. Inside a transaction only. Nothing is joined to the locked row: where PostgreSQL had
    to wait, it gives joined rows as they were before."""
    if user is not None and not visible_runs(user).filter(pk=run_id).exists():
        raise Http404
    run = Run.objects.select_for_update().filter(pk=run_id).order_by("pk").first()
    if run is None:
        raise Http404
    run.adoption = Adoption.objects.select_related("owner", "version__scheme").get(pk=run.adoption_id)
    if revision is not None and revision != run.revision:
        raise Stale("本期考核")
    return run


def kept_run(user: Any, run_id: int, revision: int | None = None) -> Run:
    """The same for those who keep the adoption."""
    run = locked_run(user, run_id, revision)
    require(may_keep(user, run.adoption.owner), NOT_KEEPER)
    return run


def write_step(run: Run, action: RunAction, *, by: Any, at: dt.datetime, text: str = "") -> RunStep:
    """Append what was done."""
    return RunStep.objects.create(run=run, action=action, text=text[:500], by=by, at=at)


def label_of(run: Run) -> str:
    """What a run is called: ``2026年第一季度招商比学赶超``, with its number from the second on."""
    again = f"（第{run.ordinal}次）" if run.ordinal > 1 else ""
    return f"{Period.parse(run.period).label}{run.adoption.name}{again}"


def act_of(run: Run, action: str, before: str = "", **after: Any) -> Act:
    """The journal's entry of an act on a run."""
    values = {"期别": run.period, "状态": RunState(run.state).label} | after
    return Act(
        action=action,
        target=run,
        label=label_of(run),
        before={"状态": RunState(before).label} if before else None,
        after={key: value for key, value in values.items() if value not in ("", None)},
    )


def plain(text: str, what: str, *, most: int = REASON_LENGTH, required: bool = True) -> str:
    """A text as it is stored; ``ValidationError`` where it is missing, too long or cannot be kept."""
    text = text.strip()
    if required and not text:
        raise ValidationError(f"请写明{what}。")
    if len(text) > most:
        raise ValidationError(f"{what}不能超过{most}字，现有{len(text)}字。")
    if not is_storable(text):
        raise ValidationError(f"{what}含有不能保存的字符，请改正。")
    return text

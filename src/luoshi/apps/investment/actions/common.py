"""Every change of a lead begins here: its row is locked, so that following, claiming and deciding take turns."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404
from django.utils import timezone

from luoshi.apps.intake.storable import is_storable
from luoshi.apps.investment.errors import Stale
from luoshi.apps.investment.models import Lead, LeadState
from luoshi.apps.investment.policies import visible_leads
from luoshi.apps.journal.actions import Act
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.addresses import FIRST_DAY, LAST_DAY
from luoshi.periods import local_date

M = TypeVar("M", bound=Model)
#: More than any project costs; the column takes sixteen digits before the point.
MOST = Decimal(10) ** 14


def moment(now: dt.datetime | None) -> dt.datetime:
    """The moment of an act: as given, else now."""
    return timezone.now() if now is None else now


def locked(visible: QuerySet[M], number: int, revision: int | None = None) -> M:
    """The row, locked; ``Http404`` where the person does not see it, ``Stale`` where it is not as they saw it."""
    if not visible.filter(pk=number).exists():
        raise Http404
    row = visible.model._default_manager.select_for_update().filter(pk=number).order_by("pk").first()
    if row is None:
        raise Http404
    if revision is not None and row.revision != revision:  # type: ignore[attr-defined]
        raise Stale
    return row


def locked_lead(user: Any, lead_id: int, revision: int | None = None) -> Lead:
    """A lead with its unit, locked."""
    lead = locked(visible_leads(user), lead_id, revision)
    lead.unit = Unit.objects.get(pk=lead.unit_id)
    return lead


def plain(text: str, what: str, most: int, *, required: bool = False) -> str:
    """A text as it is stored; ``ValidationError`` where it is missing, too long or cannot be kept."""
    text = text.replace("\r\n", "\n").strip()
    if required and not text:
        raise ValidationError(f"请填写{what}。")
    if len(text) > most:
        raise ValidationError(f"{what}不能超过{most}字，现有{len(text)}字。")
    if not is_storable(text):
        raise ValidationError(f"{what}含有不能保存的字符，请改正。")
    return text


def happened(day: dt.date | None, what: str, now: dt.datetime) -> dt.date:
    """A day that is not in the future; ``ValidationError``."""
    if day is None:
        raise ValidationError(f"请填写{what}。")
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValidationError(f"{what}不对：{day:%Y-%m-%d}。")
    if day > local_date(now):
        raise ValidationError(f"{what}不能晚于今天。")
    return day


def money(amount: Decimal | None, what: str, *, required: bool = False, zero: bool = False) -> Decimal | None:
    """An amount in 元 (or 美元) with two decimals; ``ValidationError``."""
    if amount is None:
        if required:
            raise ValidationError(f"请填写{what}。")
        return None
    if not amount.is_finite() or amount >= MOST or amount < 0 or (not amount and not zero):
        raise ValidationError(f"{what}不对，应大于0。" if not zero else f"{what}不对，不能是负数。")
    return amount.quantize(Decimal("0.01"))


def act_of(lead: Lead, action: str, before: dict[str, Any] | None = None, **after: Any) -> Act:
    """The journal's entry of an act on a lead."""
    values = {"状态": LeadState(lead.state).label} | after
    kept = {key: value for key, value in values.items() if value not in (None, "", [])}
    return Act(action=action, target=lead, label=lead.title, before=before, after=kept)

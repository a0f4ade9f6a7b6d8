"""What people type, checked: trimmed, storable, neither empty nor too long."""

from __future__ import annotations

import datetime as dt
import json

from django.core.exceptions import ValidationError

from luoshi.apps.intake.storable import is_storable
from luoshi.apps.plans.addresses import FIRST_DAY, LAST_DAY

REASON, ANSWER, TITLE, TEXT, MINUTES = 200, 2000, 200, 4000, 50_000


def needed(text: str, what: str, most: int) -> str:
    """The text, trimmed; raises ``ValidationError`` where it is empty: ``请写明撤销的理由。``."""
    text = optional(text, what, most)
    if not text:
        raise ValidationError(f"请写明{what}。")
    return text


def optional(text: str, what: str, most: int) -> str:
    """The text, trimmed, which may be empty; raises ``ValidationError`` where it is too long or cannot be stored."""
    text = text.replace("\r\n", "\n").strip()
    if len(text) > most:
        raise ValidationError(f"{what}不能超过{most}字，现有{len(text)}字。")
    if not is_storable(text):
        raise ValidationError(f"{what}里有不能保存的字符。")
    return text


def needed_day(day: dt.date | None, what: str) -> dt.date:
    """The day; raises ``ValidationError`` where there is none or it is out of all bounds."""
    if day is None:
        raise ValidationError(f"请填写{what}。")
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValidationError(f"{what}不对：{day:%Y-%m-%d}。")
    return day


def canonical(value: object) -> str:
    """JSON in one spelling: what a digest is taken of."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

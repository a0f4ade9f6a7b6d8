"""Frozen figures as plain JSON, and what is made of them: the same snapshot gives the same words for ever.

Numbers are kept as decimal texts, moments in ISO 8601; ``digest`` is over the canonical JSON, so that both databases
and every version of Python agree on it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from decimal import Decimal
from typing import Any

Json = dict[str, Any]


def text_of(value: Decimal | None) -> str | None:
    """A number as it is kept: no exponent, no trailing zeros."""
    if value is None:
        return None
    return f"{value.normalize():f}" if value else "0"


def number_of(value: str | None) -> Decimal | None:
    """A number as it was kept."""
    return None if value is None else Decimal(value)


def digest_of(snapshot: Json) -> str:
    """SHA-256 of a snapshot."""
    text = json.dumps(snapshot, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def moment_of(snapshot: Json) -> dt.datetime:
    """The moment as of which the figures were read."""
    return dt.datetime.fromisoformat(snapshot["as_of"])


def differences(kept: Any, again: Any, path: tuple[str, ...] = ()) -> list[tuple[str, str, str]]:
    """(where, as kept, as read again) of every value in which two snapshots differ."""
    if isinstance(kept, dict) and isinstance(again, dict):
        found = []
        name = next((text for key in ("name", "indicator", "form") if isinstance(text := kept.get(key), str)), "")
        here = (*path, name) if name else path
        for key in dict.fromkeys((*kept, *again)):
            if key in _WORDING:
                continue
            label = _LABELS.get(key, "")
            found += differences(kept.get(key), again.get(key), (*here, label) if label else here)
        return found
    if isinstance(kept, list) and isinstance(again, list):
        found = []
        for place in range(max(len(kept), len(again))):
            one = kept[place] if place < len(kept) else None
            other = again[place] if place < len(again) else None
            found += differences(one, other, path)
        return found
    return [] if kept == again else [("，".join(path) or "数据", _short(kept), _short(again))]


#: How a later version of the program words the same figures is no difference.
_WORDING = ("words", "basis")
_LABELS = {
    "goal": "目标",
    "expected": "应达",
    "actual": "完成",
    "completion": "完成率",
    "ratio": "占应达",
    "light": "进度",
    "source": "来源",
    "ids": "数据号",
    "before": "上期",
    "forecast": "预计",
    "mark": "报送情况",
    "came": "报送时间",
    "due": "截止时间",
    "state": "办理状态",
    "closed": "销号",
    "overdue": "逾期",
}


def _short(value: Any) -> str:
    if value is None:
        return "无"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:60]}…"

"""What sections on the past say was reached: rates, by the names of their indicators."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from luoshi.checks.model import Place
from luoshi.checks.subject import PlanView, part
from luoshi.checks.wording import normal

_STATEMENT = re.compile(
    r"(?P<name>[\u4e00-\u9fff“”（）()0-9]{4,40}?(?:率|比重|占比|比例))(?:也|均)?(?:已|要|应)?(?:达到?|达到了|为|稳定在|保持在|提高到|提升到|不低于)?"
    r"\s*(?P<value>\d+(?:\.\d+)?)\s*[%％]"
)
_SHORTEST = 5


@dataclass(frozen=True, slots=True)
class Statement:
    """A rate that was reached; ``value`` in per cent, ``step`` of its last printed digit."""

    name: str
    value: Decimal
    step: Decimal
    place: Place


def reached(plan: PlanView) -> list[Statement]:
    """The rates that the plan's sections on the past print, in order."""
    found = []
    for paragraph in plan.paragraphs:
        if not plan.is_past(paragraph.first_line):
            continue
        for match in _STATEMENT.finditer(paragraph.text):
            name = rate_name(match["name"])
            if len(name) >= _SHORTEST:
                step = Decimal(1).scaleb(-len(match["value"].partition(".")[2]))
                place = part(paragraph, match.start(), match.end())
                found.append(Statement(name, Decimal(match["value"]), step, place))
    return found


def rate_name(text: str) -> str:
    """A rate's name without what its sentence says before it."""
    return normal(re.split(r"[，,；;。:：年]", text)[-1])

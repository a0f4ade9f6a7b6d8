"""What a round still lacks: one count and one wording for its tabs, its reminders and its freezing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q

from luoshi.apps.journal.models import Entry
from luoshi.apps.reporting.models import ReturnState, Round

#: The journal's word for chasing a round.
REMINDED = "催报"


@dataclass(frozen=True, slots=True)
class Remaining:
    """Units of a round that never reported, that are asked for a correction, and whose return waits for review.

    ``due`` tells whether the due moment has passed, ``late_over`` whether late ones are no longer taken either.
    """

    to_report: int
    sent_back: int
    in_review: int
    due: bool
    late_over: bool

    @property
    def to_chase(self) -> int:
        """How many units still have to submit something."""
        return self.to_report + self.sent_back

    @property
    def word(self) -> str:
        """What those that never reported are called: ``未报`` once it is due."""
        return "未报" if self.due else "待报"

    @property
    def words(self) -> str:
        """``待报 15，退回待更正 1``; empty where nothing is owed."""
        parts = ((self.word, self.to_report), ("退回待更正", self.sent_back))
        return "，".join(f"{name} {count}" for name, count in parts if count)


def remaining(round_: Round, now: dt.datetime) -> Remaining:
    """What the round lacks now, of all its units: one query."""
    states = {
        "to_report": ReturnState.OPEN,
        "sent_back": ReturnState.SENT_BACK,
        "in_review": ReturnState.IN_REVIEW,
    }
    counts = {name: Count("pk", filter=Q(state=state)) for name, state in states.items()}
    found = round_.returns.order_by().aggregate(**counts)
    return Remaining(**found, due=round_.due_at < now, late_over=round_.late_until < now)


def last_reminders(round_: Round) -> dict[int, dt.datetime]:
    """When each unit of the round was last chased, by hand or by the clock, as the journal has it: one query."""
    found: dict[int, dt.datetime] = {}
    entries = Entry.objects.filter(object_type=Round._meta.label_lower, object_id=str(round_.pk), action=REMINDED)
    for after in entries.order_by("-sequence").values_list("after", flat=True)[:100]:
        for unit_id in after.get("units", ()):
            found.setdefault(unit_id, dt.datetime.fromisoformat(after["at"]))
    return found

"""Which plans run: a row a plan, with what stands in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from luoshi.apps.plans import words
from luoshi.apps.plans.addresses import number_of
from luoshi.apps.plans.models import Deadline, DeadlineRuleChoice, Plan, PlanVersion
from luoshi.apps.plans.policies import (
    visible_deadlines,
    visible_measures,
    visible_plans,
    visible_responsibilities,
    visible_targets,
)
from luoshi.apps.plans.queries.due import RECURRING, next_due
from luoshi.apps.plans.queries.ledger_filter import Through

PAGE_SIZE = 100
ORDERS = {"": "年度从近到远", "title": "标题", "issued": "成文日期从近到远", "published": "最近发布"}


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan and its sums; only what the person sees is counted."""

    plan: Plan
    measures: int
    targets: int
    units: int
    next_due: dt.date | None
    overdue: int
    version: int | None
    published_at: dt.datetime | None

    @property
    def years(self) -> str:
        """``2026—2028年``."""
        return words.years_words(self.plan.year, self.plan.last_year)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFilter:
    """What is asked for of the list."""

    text: str = ""
    year: int | None = None
    owner: int | None = None
    public: str = ""
    order: str = ""

    @classmethod
    def from_address(cls, query: Mapping[str, str]) -> PlanFilter:
        """The filter of an address; what cannot be read asks for nothing."""

        def number(name: str) -> int | None:
            return number_of(query.get(name, ""))

        order = query.get("order", "")
        public = query.get("public", "")
        return cls(
            text=" ".join(query.get("text", "").split())[:60],
            year=number("year"),
            owner=number("owner"),
            public=public if public in ("yes", "no") else "",
            order=order if order in ORDERS else "",
        )

    def address(self) -> str:
        """The query string that asks for the same."""
        values = {"text": self.text, "year": self.year, "owner": self.owner, "public": self.public, "order": self.order}
        return urlencode({name: value for name, value in values.items() if value})

    @property
    def is_narrow(self) -> bool:
        """Whether any plan may be left out."""
        return bool(self.text or self.year or self.owner or self.public)

    def narrowed(self, plans: QuerySet[Plan]) -> QuerySet[Plan]:
        """The plans asked for, in order."""
        for word in self.text.split():
            plans = plans.filter(Q(title__icontains=word) | Q(number__icontains=word))
        if self.year:
            plans = plans.filter(Q(year=self.year) | Q(year__lte=self.year, last_year__gte=self.year))
        if self.owner:
            plans = plans.filter(owner_id=self.owner)
        if self.public:
            plans = plans.filter(is_public=self.public == "yes")
        match self.order:
            case "title":
                return plans.order_by("title", "pk")
            case "issued":
                return plans.order_by(Coalesce("issued_on", dt.date.min).desc(), "-pk")
            case "published":
                last = PlanVersion.objects.filter(plan=OuterRef("pk")).order_by("-ordinal").values("published_at")[:1]
                return plans.order_by(Subquery(last).desc(), "-pk")
        return plans.order_by("-year", "-pk")


@dataclass(frozen=True, slots=True)
class PlanPage:
    """One page of the list."""

    rows: list[PlanRow]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PAGE_SIZE))


def _counts(rows: QuerySet[Any], expression: Any) -> dict[int, Any]:
    return dict(rows.order_by().values("plan_id").annotate(found=expression).values_list("plan_id", "found"))


def next_dues(deadlines: QuerySet[Deadline], plans: Mapping[int, Plan], today: dt.date) -> dict[int, dt.date]:
    """The next day on which something is due, by plan: two queries; cadences are compared without their dates' rows."""
    found = _counts(deadlines.filter(rule_kind=DeadlineRuleChoice.DATE, date__gte=today), Min("date"))
    cadences = deadlines.filter(rule_kind__in=RECURRING).order_by()
    for plan_id, rule, date, day in cadences.values_list("plan_id", "rule_kind", "date", "day").distinct():
        due = next_due(Deadline(rule_kind=rule, date=date, day=day), plans[plan_id], today)
        if due is not None:
            found[plan_id] = min(due, found.get(plan_id, due))
    return found


def plan_rows(user: Any, plans: Iterable[Plan], today: dt.date) -> list[PlanRow]:
    """Rows in the given order: seven queries for any number of plans."""
    by_key = {plan.pk: plan for plan in plans}
    keys = list(by_key)
    measures = visible_measures(user).filter(plan_id__in=keys, is_task=True)
    tasks = _counts(measures, Count("pk"))
    targets = _counts(visible_targets(user).filter(plan_id__in=keys), Count("pk"))
    deadlines = visible_deadlines(user).filter(plan_id__in=keys)
    overdue = _counts(deadlines.filter(rule_kind=DeadlineRuleChoice.DATE, date__lt=today), Count("pk"))
    parties = visible_responsibilities(user).filter(plan_id__in=keys).order_by()
    pairs = Through.objects.filter(responsibility__in=parties.values("pk"))
    units = dict(
        pairs.values("responsibility__plan_id")
        .annotate(found=Count("unit_id", distinct=True))
        .values_list("responsibility__plan_id", "found")
    )
    dues = next_dues(deadlines, by_key, today)
    versions = PlanVersion.objects.filter(plan_id__in=keys).order_by().values("plan_id")
    last = {
        plan: (ordinal, at)
        for plan, ordinal, at in versions.annotate(o=Max("ordinal"), at=Max("published_at")).values_list(
            "plan_id", "o", "at"
        )
    }
    return [
        PlanRow(
            plan,
            tasks.get(key, 0),
            targets.get(key, 0),
            units.get(key, 0),
            dues.get(key),
            overdue.get(key, 0),
            *last.get(key, (None, None)),
        )
        for key, plan in by_key.items()
    ]


def plan_page(user: Any, asked: PlanFilter, today: dt.date, number: int) -> PlanPage:
    """Page ``number`` of the plans that the person sees."""
    plans = asked.narrowed(visible_plans(user))
    total = plans.count()
    number = max(1, min(number, -(-total // PAGE_SIZE)))
    shown = plans.select_related("owner")[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    return PlanPage(plan_rows(user, shown, today), total, number)

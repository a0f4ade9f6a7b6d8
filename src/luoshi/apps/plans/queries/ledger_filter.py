"""Which rows of the ledger someone asks for: read from an address, written back into one, and told in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Subquery

from luoshi.apps.organisations.choosing import UnknownUnit, find_unit
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.addresses import day_of, number_of
from luoshi.apps.plans.kinds import LEFT_OPEN
from luoshi.apps.plans.models import (
    Deadline,
    DeadlineRuleChoice,
    Measure,
    Plan,
    Responsibility,
    ResponsibilityRole,
    Target,
)
from luoshi.apps.plans.policies import visible_plans
from luoshi.apps.plans.queries.due import RECURRING, due_between, month_of, past, quarter_of

DUE_CHOICES = {
    "overdue": "已过期限",
    "month": "本月到期",
    "quarter": "本季度到期",
    "range": "指定日期",
    "recurring": "定期报送",
    "none": "没有时限",
}
KIND_CHOICES = {
    "target": "有目标",
    "deadline": "有时限",
    "no-unit": "没有责任单位",
    "unknown-unit": "单位名称未识别",
}
GROUP_CHOICES = {"plan": "按方案", "unit": "按单位", "none": "不分组"}
SORT_CHOICES = {"": "方案次序", "due": "期限从近到远", "-due": "期限从远到近"}
ROLE_CHOICES = dict(ResponsibilityRole.choices)
TEXT_LIMIT = 60  # characters
WORD_LIMIT = 5
_NOT_ASKED = ("errors", "subtree", "unit_keys")  # fields that the address writes in another way, or not at all

Through = Responsibility.units.through


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFilter:
    """What is asked for; an empty value asks for nothing. ``errors`` says what in the address could not be read."""

    plan: int | None = None
    year: int | None = None
    unit: int | None = None
    subtree: bool = True
    role: str = ""
    due: str = ""
    first: dt.date | None = None
    last: dt.date | None = None
    kind: str = ""
    text: str = ""
    group: str = "plan"
    sort: str = ""
    errors: tuple[str, ...] = field(default=(), compare=False)
    # The keys of the units that ``unit`` means, where the caller knows them already.
    unit_keys: tuple[int, ...] | None = field(default=None, compare=False)

    @classmethod
    def from_address(cls, query: Mapping[str, str]) -> LedgerFilter:
        """The filter of an address; what cannot be read is left out and named in ``errors``."""
        errors: list[str] = []

        def number(name: str, label: str) -> int | None:
            value = query.get(name, "").strip()
            if not value:
                return None
            number = number_of(value)
            if number is None:
                errors.append(f"{label}“{value[:20]}”无法识别，未按此筛选。")
            return number

        def day(name: str, label: str) -> dt.date | None:
            value = query.get(name, "").strip()
            day = day_of(value)
            if value and day is None:
                errors.append(f"{label}“{value[:20]}”不是1901年至2998年间的日期，应写作 2026-12-31。")
            return day

        def choice(name: str, label: str, choices: Mapping[str, str]) -> str:
            value = query.get(name, "").strip()
            if value and value not in choices:
                errors.append(f"{label}“{value[:20]}”无法识别，未按此筛选。")
                return ""
            return value

        first, last = day("first", "起始日期"), day("last", "截止日期")
        if first and last and first > last:
            errors.append("起始日期晚于截止日期，已对调。")
            first, last = last, first
        text = " ".join(query.get("text", "").split())
        if len(text) > TEXT_LIMIT:
            errors.append(f"文字超过{TEXT_LIMIT}字，只按前{TEXT_LIMIT}字筛选。")
        if len(text[:TEXT_LIMIT].split()) > WORD_LIMIT:
            errors.append(f"文字超过{WORD_LIMIT}个词，只按前{WORD_LIMIT}个词筛选。")
        if query.get("subtree", "1") not in ("0", "1"):
            errors.append(f"范围“{query['subtree'][:20]}”无法识别，按含下级筛选。")
        due, sort = choice("due", "时限", DUE_CHOICES), choice("sort", "排序", SORT_CHOICES)
        if first or last:
            due = "range"
        elif due == "range":
            due = ""
        return cls(
            plan=number("plan", "方案"),
            year=number("year", "年度"),
            unit=number("unit", "单位"),
            subtree=query.get("subtree", "1") != "0",
            role=choice("role", "角色", ROLE_CHOICES),
            due=due,
            first=first,
            last=last,
            kind=choice("kind", "类别", KIND_CHOICES),
            text=text[:TEXT_LIMIT],
            group=choice("group", "分组", GROUP_CHOICES) or _usual_group(sort),
            sort=sort,
            errors=tuple(errors),
        )

    @classmethod
    def typed(cls, query: Mapping[str, str]) -> LedgerFilter:
        """The same where the unit may be a name, typed where no script put its number in the place."""
        text = query.get("unit", "").strip()
        if not text or number_of(text) is not None:
            return cls.from_address(query)
        values = {name: query[name] for name in query}
        try:
            return cls.from_address(values | {"unit": str(find_unit(text, Unit.objects.all(), ended=True).pk)})
        except UnknownUnit as unknown:
            found = cls.from_address(values | {"unit": ""})
            return replace(found, errors=(*found.errors, f"{unknown}，未按单位筛选。"))

    def address(self, **changes: Any) -> str:
        """The query string that asks for the same, with changes: ``plan=3&due=month``."""
        asked = replace(self, **changes) if changes else self
        values: dict[str, str] = {}
        for item in fields(asked):
            value = getattr(asked, item.name)
            if (
                item.name in ("errors", "subtree", "unit_keys")
                or not value
                or (item.name == "due" and value == "range")
            ):
                continue
            if item.name != "group" or value != _usual_group(asked.sort):
                values[item.name] = str(value)
        if asked.unit and not asked.subtree:
            values["subtree"] = "0"
        return urlencode(values)

    @property
    def is_narrow(self) -> bool:
        """Whether anything is left out."""
        return bool(self.plan or self.year or self.unit or self.role or self.due or self.kind or self.text)

    def units(self) -> Q | None:
        """A condition on rows of responsibility × unit, ``None`` where no unit and no role is asked for."""
        condition = Q(responsibility__retired_in=None)
        if self.unit:
            # Keys, not a path prefix: so the database begins with the unit's few rows, not with all of them.
            condition &= Q(unit_id__in=self.units_meant())
        if self.role:
            condition &= Q(responsibility__role=self.role)
        return condition if self.unit or self.role else None

    def units_meant(self) -> tuple[int, ...]:
        """The keys of the unit and, if asked for, of those below it; none for a unit that does not exist."""
        if self.unit_keys is not None:
            return self.unit_keys
        if not self.subtree:
            return (self.unit,) if self.unit else ()
        top = Unit.objects.filter(pk=self.unit).values_list("path", flat=True).first()
        below = Unit.objects.filter(path__startswith=top) if top else Unit.objects.none()
        return tuple(below.values_list("pk", flat=True))

    def due_condition(self, today: dt.date) -> Q | None:
        """A condition on ``Deadline``, ``None`` where any or none will do."""
        match self.due:
            case "overdue":
                return past(today)
            case "month":
                return due_between(*month_of(today))
            case "quarter":
                return due_between(*quarter_of(today))
            case "recurring":
                return Q(rule_kind__in=RECURRING)
            case "range":
                if self.first and self.last:
                    return due_between(self.first, self.last)
                open_ended = Q(date__gte=self.first) if self.first else Q(date__lte=self.last)
                return Q(rule_kind=DeadlineRuleChoice.DATE) & open_ended
        return None

    def narrowed(self, measures: QuerySet[Measure], today: dt.date) -> QuerySet[Measure]:
        """The tasks among the measures that are asked for; never a row twice."""
        found = measures.filter(is_task=True)
        if self.plan:
            found = found.filter(plan_id=self.plan)
        if self.year:
            plans = Plan.objects.filter(Q(year=self.year) | Q(year__lte=self.year, last_year__gte=self.year))
            found = found.filter(plan__in=plans.order_by().values("pk"))
        if (units := self.units()) is not None:
            if self.unit:
                found = found.filter(pk__in=Through.objects.filter(units).values("responsibility__measure_id"))
            else:
                parties = Responsibility.objects.filter(role=self.role, retired_in=None).order_by()
                found = found.filter(pk__in=parties.values("measure_id"))
        if (due := self.due_condition(today)) is not None:
            found = found.filter(pk__in=_of(Deadline, due))
        elif self.due == "none":
            found = found.exclude(Exists(Deadline.objects.filter(measure_id=OuterRef("pk"), retired_in=None)))
        return self._of_kind(self._with_text(found))

    def _of_kind(self, found: QuerySet[Measure]) -> QuerySet[Measure]:
        parties = Responsibility.objects.filter(measure_id=OuterRef("pk"), retired_in=None)
        match self.kind:
            case "target":
                return found.filter(Exists(Target.objects.filter(measure_id=OuterRef("pk"), retired_in=None)))
            case "deadline":
                return found.filter(Exists(Deadline.objects.filter(measure_id=OuterRef("pk"), retired_in=None)))
            case "no-unit":
                return found.exclude(Exists(parties))
            case "unknown-unit":
                known = Through.objects.filter(responsibility_id=OuterRef("pk"))
                return found.filter(Exists(parties.exclude(reason=LEFT_OPEN).exclude(Exists(known))))
        return found

    def _with_text(self, found: QuerySet[Measure]) -> QuerySet[Measure]:
        """Every word must stand in the measure, or in the name of one of its targets or parties."""
        for word in self.text.split()[:WORD_LIMIT]:
            found = found.filter(
                Q(text__icontains=word)
                | Q(title__icontains=word)
                | Q(pk__in=_of(Target, Q(indicator__icontains=word)))
                | Q(pk__in=_of(Responsibility, Q(name__icontains=word)))
            )
        return found

    def ordered(self, found: QuerySet[Measure]) -> QuerySet[Measure]:
        """In the order asked for; rows without a date come last."""
        plain = ("-plan__year", "-plan_id", "position", "pk")
        if self.sort not in ("due", "-due"):
            return found.order_by(*plain)
        dated = Deadline.objects.filter(
            measure_id=OuterRef("pk"), retired_in=None, rule_kind=DeadlineRuleChoice.DATE
        ).order_by()
        nearest = Subquery(dated.values("measure_id").annotate(day=Min("date")).values("day"))
        day = F("nearest").asc(nulls_last=True) if self.sort == "due" else F("nearest").desc(nulls_last=True)
        first = ("-plan__year", "-plan_id") if self.group == "plan" else ()
        return found.annotate(nearest=nearest).order_by(*first, day, *plain)

    def told(self, user: Any) -> list[tuple[str, str]]:
        """What is asked for, as (field, words): for the head of an export; a plan not seen is told as none."""
        told: list[tuple[str, str]] = []
        if self.plan:
            title = visible_plans(user).filter(pk=self.plan).values_list("title", flat=True).first()
            told.append(("方案", title or "不存在"))
        if self.year:
            told.append(("年度", f"{self.year}年"))
        if self.unit:
            name = Unit.objects.filter(pk=self.unit).values_list("name", flat=True).first()
            told.append(("单位", f"{name or '不存在'}{'（含下级）' if self.subtree else ''}"))
        if self.role:
            told.append(("角色", ROLE_CHOICES[self.role]))
        if self.due == "range":
            told.append(("时限", f"{self.first or '不限'} 至 {self.last or '不限'}"))
        elif self.due:
            told.append(("时限", DUE_CHOICES[self.due]))
        if self.kind:
            told.append(("类别", KIND_CHOICES[self.kind]))
        if self.text:
            told.append(("文字", self.text))
        if self.group != "none":
            told.append(("分组", GROUP_CHOICES[self.group]))
        told.append(("排序", SORT_CHOICES[self.sort]))
        return told


def _usual_group(sort: str) -> str:
    """Rows stand under their plans; whoever sorts by date wants the dates of all plans in one row."""
    return "none" if sort else "plan"


def _of(model: type[Any], condition: Q) -> QuerySet[Any]:
    """The keys of the measures that have such an object in force."""
    return model.objects.filter(condition, retired_in=None, measure_id__isnull=False).order_by().values("measure_id")

"""The condition in the database and the days computed in Python are one rule."""

from __future__ import annotations

import datetime as dt
from itertools import product

import pytest

from luoshi.apps.plans.models import Deadline, Plan, PlanVersion
from luoshi.apps.plans.queries.due import due_between, due_days, next_due, past
from tests.apps.plans.making import make_document, make_prefecture

pytestmark = pytest.mark.django_db

RULES = (
    {"rule_kind": "date", "date": dt.date(2026, 3, 31)},
    {"rule_kind": "date", "date": dt.date(2028, 2, 29)},
    {"rule_kind": "weekly"},
    {"rule_kind": "ten-daily"},
    {"rule_kind": "half-monthly"},
    {"rule_kind": "monthly"},
    {"rule_kind": "monthly", "day": 3},
    {"rule_kind": "monthly", "day": 31},
    {"rule_kind": "quarterly"},
    {"rule_kind": "half-yearly"},
    {"rule_kind": "yearly"},
    {"rule_kind": "yearly", "date": dt.date(2026, 6, 30)},
    {"rule_kind": "days-after", "days": 15, "working": True},
)
YEARS = ((2026, None), (2026, 2028), (None, None))
SPANS = (
    (dt.date(2026, 3, 1), dt.date(2026, 3, 31)),
    (dt.date(2026, 3, 3), dt.date(2026, 3, 3)),
    (dt.date(2026, 3, 4), dt.date(2026, 3, 9)),
    (dt.date(2026, 2, 27), dt.date(2026, 3, 1)),
    (dt.date(2026, 6, 29), dt.date(2026, 7, 4)),
    (dt.date(2026, 12, 20), dt.date(2027, 1, 5)),
    (dt.date(2027, 1, 1), dt.date(2027, 1, 31)),
    (dt.date(2025, 1, 1), dt.date(2025, 12, 31)),
    (dt.date(2028, 2, 1), dt.date(2029, 4, 30)),
    (dt.date(2029, 1, 1), dt.date(2029, 12, 31)),
)


@pytest.fixture
def deadlines():
    document, owner = make_document(), make_prefecture().state
    stored = []
    for year, last_year in YEARS:
        plan = Plan.objects.create(title=f"{year}—{last_year}", owner=owner, year=year, last_year=last_year)
        version = PlanVersion.objects.create(
            plan=plan, ordinal=1, document=document, first_line=1, last_line=2, published_at="2026-01-15T00:00Z"
        )
        for rule in RULES:
            stored.append(Deadline(plan=plan, version=version, text="", line=1, **rule))
    Deadline.objects.bulk_create(stored)
    return list(Deadline.objects.select_related("plan"))


def test_the_condition_finds_what_has_a_day_in_the_span(deadlines) -> None:
    hits = 0
    for first, last in SPANS:
        found = set(Deadline.objects.filter(due_between(first, last)).values_list("pk", flat=True))
        expected = {row.pk for row in deadlines if due_days(row, row.plan, first, last)}
        assert found == expected, (first, last)
        hits += len(found)
    assert 0 < hits < len(SPANS) * len(deadlines)


def test_a_cadence_ends_with_its_plan(deadlines) -> None:
    monthly = {row.plan.title: row for row in deadlines if row.rule_kind == "monthly" and row.day == 3}
    one_year, three_years, open_end = (monthly[f"{first}—{last}"] for first, last in YEARS)
    assert next_due(one_year, one_year.plan, dt.date(2025, 5, 1)) == dt.date(2026, 1, 3)
    assert next_due(one_year, one_year.plan, dt.date(2026, 12, 4)) is None
    assert next_due(three_years, three_years.plan, dt.date(2026, 12, 4)) == dt.date(2027, 1, 3)
    assert next_due(open_end, open_end.plan, dt.date(2040, 12, 4)) == dt.date(2041, 1, 3)


def test_the_next_day_is_the_first_of_all_days(deadlines) -> None:
    for row, today in product(deadlines, (dt.date(2026, 1, 1), dt.date(2026, 6, 30), dt.date(2026, 12, 31))):
        if row.rule_kind == "date":
            assert next_due(row, row.plan, today) == row.date
            continue
        days = due_days(row, row.plan, today, today + dt.timedelta(days=800))
        assert next_due(row, row.plan, today) == (days[0] if days else None)


def test_past_means_dates_only(deadlines) -> None:
    found = Deadline.objects.filter(past(dt.date(2026, 4, 1)))
    assert {row.date for row in found} == {dt.date(2026, 3, 31)}
    assert not Deadline.objects.filter(past(dt.date(2026, 3, 31))).exists()

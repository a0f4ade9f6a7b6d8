"""What holds for any plan: publishing twice changes nothing, counts add up, nothing is lost."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from luoshi.apps.organisations.models import Role
from luoshi.apps.plans import actions
from luoshi.apps.plans.kinds import BY_HAND, KINDS, published_of
from luoshi.apps.plans.matching import Matching, Record
from luoshi.apps.plans.models import Measure, Responsibility, Target
from luoshi.apps.plans.searching import LineSearch
from tests.apps.plans.making import (
    deadline,
    duty,
    make_document,
    make_prefecture,
    make_user,
    measure,
    publication,
    table,
    target,
)

_WORDS = st.sampled_from(
    ["建设育苗中心", "扩大冷凉蔬菜基地", "培育家庭农场", "开展产业链招商", "整治人居环境", "扩大基地"]
)
_ORIGINS = st.sampled_from(["extracted", "extracted", "extracted", "corrected", "manual"])
_LINES = st.integers(1, 60)


def _part(make, **choices):
    return st.tuples(st.integers(0, 9), _LINES, st.fixed_dictionaries(choices)).map(lambda drawn: (make, *drawn))


_PARTS = st.lists(
    st.one_of(
        _part(
            lambda key, line, v: target(
                key, v["words"], str(v["value"]), line=line, unit_of_measure=v["unit"], origin=v["origin"]
            ),
            words=_WORDS,
            value=st.integers(0, 9),
            unit=st.sampled_from(["户", "%"]),
            origin=_ORIGINS,
        ),
        _part(
            lambda key, line, v: duty(key, v["role"], v["name"], line=line, origin=v["origin"]),
            role=st.sampled_from(["lead", "responsible", "supporting"]),
            name=st.sampled_from(["州商务局", "州农业农村局", "各县人民政府"]),
            origin=_ORIGINS,
        ),
        _part(
            lambda key, line, v: deadline(key, dt.date(2026, v["month"], 28), text=f"{v['month']}月底", line=line),
            month=st.integers(1, 12),
        ),
        _part(
            lambda key, line, v: table(v["words"], ("北川县", str(line)), line=line, line_end=line),
            words=_WORDS,
        ),
    ),
    max_size=12,
)


@st.composite
def outlines(draw):
    """Measures with keys, labels and lines in document order."""
    found, line = [], 0
    for top in range(1, draw(st.integers(0, 4)) + 1):
        line += draw(st.integers(1, 3))
        origin = draw(_ORIGINS)
        found.append(measure(f"{top:04}", (f"{top}、",), draw(_WORDS), line=line, origin=origin))
        for below in range(1, draw(st.integers(0, 3)) + 1):
            line += 1
            labels = (f"{top}、", f"（{below}）")
            found.append(measure(f"{top:04}.{below:04}", labels, draw(_WORDS), line=line))
    return tuple(found)


@st.composite
def contents(draw):
    """The parts of a publication, keyed as ``publication`` takes them."""
    measures = draw(outlines())
    keys = [item.key for item in measures] or [""]
    parts = {"targets": [], "responsibilities": [], "deadlines": [], "tables": []}
    names = dict(zip(("target", "duty", "deadline", "table"), parts, strict=True))
    for make, place, line, values in draw(_PARTS):
        item = make(keys[place % len(keys)], line, values)
        names_of = {"PublishedTarget": "target", "PublishedResponsibility": "duty", "PublishedDeadline": "deadline"}
        parts[names[names_of.get(type(item).__name__, "table")]].append(item)
    return {"measures": measures} | {name: tuple(items) for name, items in parts.items()}


def _state(plan):
    """Everything in force, without where it stands in which version."""
    return {
        name: sorted(
            (row.pk, row.text, row.origin, *(repr(getattr(row, field)) for field in kind.values))
            for row in kind.model.objects.filter(plan=plan, retired_in=None)
        )
        for name, kind in KINDS.items()
    }


class TestAnyPlan(TestCase):
    """Properties over the database; each example runs in a transaction of its own."""

    def prepare(self):
        """Units, a coordinator and two documents, inside the example's transaction."""
        self.units = make_prefecture()
        self.office = make_user("office", (Role.COORDINATOR, self.units.state))
        # The manual objects' words do not stand in it: whoever is not handed over again must go.
        self.document = make_document("甲.txt")
        self.other = make_document("乙.txt")

    def publish(self, parts, plan=None, document=None):
        made = publication(self.units.state, document or self.document, **parts)
        return actions.publish(acting_user=self.office, publication=made, plan=plan), made

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(contents(), st.booleans())
    def test_publishing_the_same_twice_changes_nothing(self, parts, elsewhere):
        self.prepare()
        first, made = self.publish(parts)
        before = _state(first.plan)
        second, _ = self.publish(parts, first.plan, self.other if elsewhere else None)
        assert _state(first.plan) == before
        total = sum(len(tuple(published_of(kind, made))) for kind in KINDS.values())
        assert second.summary == {"added": 0, "changed": 0, "kept": total, "retired": 0}
        for kind in KINDS.values():
            assert not kind.model.objects.filter(plan=first.plan).exclude(version=second).exists()

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(contents(), contents(), st.booleans())
    def test_counts_add_up_and_rows_say_what_was_published(self, one, two, elsewhere):
        self.prepare()
        first, made_one = self.publish(one)
        second, made_two = self.publish(two, first.plan, self.other if elsewhere else None)
        summary = second.summary
        old = sum(len(tuple(published_of(kind, made_one))) for kind in KINDS.values())
        new = sum(len(tuple(published_of(kind, made_two))) for kind in KINDS.values())
        assert summary["retired"] + summary["changed"] + summary["kept"] == old
        assert summary["added"] + summary["changed"] + summary["kept"] == new
        for kind in KINDS.values():
            rows = kind.model.objects.filter(plan=first.plan, retired_in=None)
            published = tuple(published_of(kind, made_two))
            assert rows.count() == len(published)
            assert sorted(row.text for row in rows) == sorted(item.text for item in published)
            # Where nothing was said by hand before, the values are those of the new reading.
            if not any(item.origin in BY_HAND for item in published_of(kind, made_one)):
                values = [tuple(map(repr, kind.row_values(item).values())) for item in published]
                stored = [tuple(repr(getattr(row, name)) for name in kind.values) for row in rows]
                assert sorted(stored) == sorted(values)
            assert kind.model.objects.filter(plan=first.plan).exclude(retired_in=None).count() == (
                kind.model.objects.filter(plan=first.plan).count() - len(published)
            )
        for row in Measure.objects.filter(plan=first.plan, retired_in=None).select_related("parent"):
            above = row.parent.position if row.parent else ""
            assert row.position.rpartition(".")[0] == above
            assert row.parent is None or row.parent.retired_in_id is None
        for part in (Target, Responsibility):
            assert not part.objects.filter(plan=first.plan, retired_in=None, measure__retired_in__isnull=False).exists()


_RECORDS = st.lists(
    st.builds(
        lambda words, value, line: Record(
            words, line, ((line, 0, 1),), {"indicator": words, "value": value}, False, None
        ),
        _WORDS,
        st.integers(0, 3),
        _LINES,
    ),
    max_size=15,
)


@given(_RECORDS, _RECORDS)
def test_nothing_is_matched_twice_or_lost(old, new):
    matching = Matching(old, new)
    matching.by(lambda record: record.frozen)
    matching.by_words(lambda record: record.text, 60)
    for side, left, given_ in ((0, matching.old, old), (1, matching.new, new)):
        seen = [id(pair[side]) for pair in matching.pairs] + [id(record) for record in left]
        assert sorted(seen) == sorted(id(record) for record in given_)


@given(
    st.lists(st.text(alphabet="甲乙丙丁，。", max_size=12), min_size=1, max_size=8),
    st.integers(1, 50),
    st.data(),
)
def test_words_are_found_across_line_breaks(lines, first, data):
    joined = "".join(lines)
    start = data.draw(st.integers(0, len(joined)))
    words = joined[start : data.draw(st.integers(start, len(joined)))]
    spans = LineSearch(lines, first).nearest(words, first)
    assert "".join(lines[line - first][begin:end] for line, begin, end in spans) == words


@pytest.mark.parametrize("value", ["1.0000005", "0.1234565"])
def test_values_are_rounded_half_up_to_what_the_column_holds(value):
    item = target("", "率", value)
    assert KINDS["target"].row_values(item)["value"] == Decimal(value).quantize(Decimal("0.000001"), "ROUND_HALF_UP")

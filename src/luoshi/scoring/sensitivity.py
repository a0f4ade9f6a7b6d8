"""What a ranking hangs on: assumptions, disputed values, and what would be if."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from luoshi.scoring.errors import FactsError, Problem
from luoshi.scoring.facts import Fact, Facts
from luoshi.scoring.numbers import ZERO, amount, show
from luoshi.scoring.result import Result, UnitScore
from luoshi.scoring.scheme import Scheme
from luoshi.scoring.scoring import Options, score


@dataclass(frozen=True, slots=True)
class ItemChange:
    """What became of a unit's points and rank on one item; ``None``: the item is in one of the two results only."""

    item: str
    title: str
    before: Fraction | None
    after: Fraction | None
    rank_before: int | None
    rank_after: int | None

    @property
    def difference(self) -> Fraction:
        """Points won, or lost where it is below 0."""
        return (self.after or ZERO) - (self.before or ZERO)


@dataclass(frozen=True, slots=True)
class UnitChange:
    """What became of a unit; ``items`` are those that changed, the largest change first."""

    unit: str
    total_before: Fraction | None
    total_after: Fraction | None
    rank_before: int | None
    rank_after: int | None
    items: tuple[ItemChange, ...]

    @property
    def moved(self) -> bool:
        """Whether the rank is another one."""
        return self.rank_before != self.rank_after

    @property
    def reason(self) -> str:
        """In words: from which place to which, and the items that did it."""
        words = (
            f"{self.unit}由{_place(self.rank_before)}变为{_place(self.rank_after)}"
            if self.moved
            else (f"{self.unit}{'仍为' if self.rank_after else ''}{_place(self.rank_after)}")
        )
        if self.total_before is not None and self.total_after is not None:
            words += f"，总分{show(self.total_before)}→{show(self.total_after)}"
        parts = []
        for one in self.items[:5]:
            sign = "+" if one.difference > 0 else ""
            ranks = (
                f"（第{one.rank_before}名→第{one.rank_after}名）"
                if one.rank_before and one.rank_after and one.rank_before != one.rank_after
                else ""
            )
            parts.append(f"{one.title}{sign}{show(one.difference)}分{ranks}")
        return words + (f"：{'、'.join(parts)}" if parts else "") + "。"


@dataclass(frozen=True, slots=True)
class Effect:
    """What one change of rules or values does. ``key``: the assumption, or ``unit/item``; ``title``: in words."""

    key: str
    choice: str
    title: str
    units: tuple[UnitChange, ...]

    @property
    def moved(self) -> tuple[UnitChange, ...]:
        """Those whose rank it changes."""
        return tuple(unit for unit in self.units if unit.moved)


@dataclass(frozen=True, slots=True)
class Dispute:
    """A figure that somebody doubts, and what it would be instead."""

    unit: str
    item: str
    value: Decimal | None
    target: Decimal | None = None
    keeps_target: bool = True


def compare(before: Result, after: Result) -> tuple[UnitChange, ...]:
    """Two results unit by unit (why did it fall from 3 to 7?), in the order of the later one."""
    names = [unit.unit for unit in after.units]
    names += [unit.unit for unit in before.units if unit.unit not in after.by_unit]
    return tuple(_change(name, before.by_unit.get(name), after.by_unit.get(name)) for name in names)


def assumption_effects(
    scheme: Scheme, facts: Facts | Iterable[Fact], options: Options | None = None
) -> tuple[Effect, ...]:
    """Every other reading of every assumption, one at a time, and whom it moves."""
    options, facts = options or Options(), Facts.of(facts)
    before = score(scheme, facts, options)
    effects = []
    for assumption in scheme.assumptions:
        now = options.choices.get(assumption.key, scheme.chosen.get(assumption.key, assumption.default))
        for choice in assumption.choices:
            if choice.key == now:
                continue
            other = replace(options, choices={**options.choices, assumption.key: choice.key})
            changes = compare(before, score(scheme, facts, other))
            effects.append(Effect(assumption.key, choice.key, f"{assumption.text}——改按“{choice.title}”", changes))
    return tuple(effects)


def dispute_effects(
    scheme: Scheme, facts: Facts | Iterable[Fact], disputes: Sequence[Dispute], options: Options | None = None
) -> tuple[Effect, ...]:
    """Each disputed figure put right by itself, and whom that moves."""
    facts = Facts.of(facts)
    before = score(scheme, facts, options)
    titles = {item.key: item.title for item in scheme.items}
    effects = []
    for dispute in disputes:
        after = score(scheme, with_values(facts, [dispute]), options)
        value = "未报" if dispute.value is None else amount(Fraction(dispute.value))
        title = f"{dispute.unit}“{titles.get(dispute.item, dispute.item)}”改为{value}"
        effects.append(Effect(f"{dispute.unit}/{dispute.item}", "", title, compare(before, after)))
    return tuple(effects)


def with_values(facts: Facts | Iterable[Fact], changes: Sequence[Dispute]) -> Facts:
    """Facts with other figures in; a figure that nobody had given is added. Marks of judges are not changed so."""
    facts = Facts.of(facts)
    wanted = {(change.unit, change.item): change for change in changes}
    rows, seen = [], set()
    for fact in facts.rows:
        change = wanted.get((fact.unit, fact.item))
        if change is not None:
            if (fact.unit, fact.item) in seen:
                words = f"“{fact.unit}”的第{fact.item}项有几个数，不能这样改"
                raise FactsError([Problem(fact.line, words)])
            seen.add((fact.unit, fact.item))
            target = fact.target if change.keeps_target else change.target
            fact = replace(fact, value=change.value, target=target)
        rows.append(fact)
    rows += [
        Fact(unit, item, change.value, change.target)
        for (unit, item), change in wanted.items()
        if (unit, item) not in seen
    ]
    return replace(facts, rows=tuple(rows))


def what_if(
    scheme: Scheme, facts: Facts | Iterable[Fact], changes: Sequence[Dispute], options: Options | None = None
) -> tuple[UnitChange, ...]:
    """All changes of figures together, and with other rules in ``options``, against the scheme as it stands."""
    facts = Facts.of(facts)
    plain = replace(options, choices={}) if options is not None else None
    return compare(score(scheme, facts, plain), score(scheme, with_values(facts, changes), options))


def _change(name: str, before: UnitScore | None, after: UnitScore | None) -> UnitChange:
    items = []
    former = {one.item.key: one for one in before.items} if before else {}
    latter = {one.item.key: one for one in after.items} if after else {}
    for key in dict.fromkeys([*former, *latter]):
        old, new = former.get(key), latter.get(key)
        one = new or old
        if one is None or (old is not None and new is not None and old.points == new.points):
            continue
        items.append(
            ItemChange(
                key,
                one.item.title,
                old.points if old else None,
                new.points if new else None,
                old.rank if old else None,
                new.rank if new else None,
            )
        )
    items.sort(key=lambda change: (-abs(change.difference), change.item))
    return UnitChange(
        name,
        before.total if before else None,
        after.total if after else None,
        before.rank if before else None,
        after.rank if after else None,
        tuple(items),
    )


def _place(rank: int | None) -> str:
    return f"第{rank}名" if rank else "未参加排名"

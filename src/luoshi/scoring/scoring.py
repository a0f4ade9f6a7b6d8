"""Points and ranks of all units under a scheme (``semantics.md``, Scoring, gives the defaults).

The order for a unit and an item: the item does not apply to its group → it was not given at all (no row) → it has no
target where one is needed → it gave no value → it is measured, ranked, gated. Everything is exact; nothing depends on
the order of the facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from luoshi.scoring.errors import MOST_PROBLEMS, FactsError, Problem
from luoshi.scoring.facts import Fact, Facts
from luoshi.scoring.ladders import Consequence
from luoshi.scoring.loading import with_choices
from luoshi.scoring.methods import Basis, Effect, Entry, Judges, Record, Sheet, Veto, known, rank
from luoshi.scoring.numbers import MOST_DIGITS, ONE, ZERO, amount, exact, exact_sum, percent, show
from luoshi.scoring.result import NOTHING_GIVEN, OUT, ItemScore, Result, Scaling, Status, UnitScore, Vetoed
from luoshi.scoring.scheme import Gate, Item, NoTarget, NotReported, Scheme


@dataclass(frozen=True, slots=True)
class Options:
    """``choices``: readings of assumptions other than the defaults. ``units``: those that must take part, beside those
    that the facts name. ``groups``: the group of each unit, beside those that scheme and facts tell."""

    choices: Mapping[str, str] = field(default_factory=dict)
    units: Sequence[str] = ()
    groups: Mapping[str, str] = field(default_factory=dict)


def score(scheme: Scheme, facts: Facts | Iterable[Fact], options: Options | None = None) -> Result:
    """Score every unit; raises ``FactsError`` and ``ChoiceError``."""
    options = options or Options()
    if scheme.parts:
        names = "、".join(part.key for part in scheme.parts)
        raise FactsError([Problem(0, f"“{scheme.title}”由几部分合成，请分别给出 {names} 的数据")])
    if options.choices:
        scheme = with_choices(scheme, options.choices)
    return _Scoring(scheme, Facts.of(facts), options).result()


class _Scoring:
    """One run; the methods follow the order of the work."""

    def __init__(self, scheme: Scheme, facts: Facts, options: Options) -> None:
        self.scheme = scheme
        self.problems: list[Problem] = []
        units = {*scheme.units, *options.units, *facts.units()}
        self.units = sorted(units)
        told = {unit: group.key for group in scheme.unit_groups for unit in group.units}
        self.groups = {**told, **facts.groups, **options.groups}
        self.by_item = self._by_item(facts)
        self._check_groups()

    def result(self) -> Result:
        """All units scored and ranked."""
        columns = [self._column(item) for item in self.scheme.items]
        if self.problems:
            raise FactsError(self.problems)
        units = ranked_units([self._unit(unit, columns) for unit in self.units])
        for ladder in self.scheme.ladders:
            units = _with_consequences(units, ladder.apply(units))
        last = 1 << 62
        ordered = sorted(units, key=lambda unit: (unit.ranking, unit.rank or last, unit.unit))
        return Result(self.scheme, tuple(ordered))

    def _by_item(self, facts: Facts) -> dict[str, dict[str, list[Fact]]]:
        found: dict[str, dict[str, list[Fact]]] = {item.key: {} for item in self.scheme.items}
        judged = {item.key for item in self.scheme.items if item.method.JUDGED}
        for fact in facts.rows:
            if not fact.item or fact.item in self.scheme.elsewhere:
                continue
            units = found.get(fact.item)
            if units is None:
                self._problem(fact, f"评分办法里没有“{fact.item[:40]}”这一项")
                continue
            same = units.setdefault(fact.unit, [])
            if same and fact.item not in judged:
                self._problem(fact, f"“{fact.unit}”的第{fact.item}项给出了两次")
                continue
            same.append(fact)
        return found

    def _problem(self, fact: Fact | None, message: str) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(fact.line if fact is not None else 0, message))

    def _check_groups(self) -> None:
        scheme = self.scheme
        if not (scheme.apart or any(item.apart or item.applies_to for item in scheme.items)):
            return
        for unit in self.units:
            if unit not in self.groups:
                self._problem(None, f"“{unit}”没有写明属于哪一组（组别）")

    # One item

    def _column(self, item: Item) -> dict[str, ItemScore]:
        """Every unit's score on an item."""
        facts = self.by_item[item.key]
        if not item.apart:
            return self._sheet(item, "", self.units, facts)
        scores: dict[str, ItemScore] = {}
        members: dict[str, list[str]] = {}
        for unit in self.units:
            members.setdefault(self.groups.get(unit, ""), []).append(unit)
        for group, units in members.items():
            scores.update(self._sheet(item, group, units, facts))
        return scores

    def _sheet(
        self, item: Item, group: str, units: Sequence[str], facts: Mapping[str, list[Fact]]
    ) -> dict[str, ItemScore]:
        entries: list[Entry] = []
        needs_target = item.needs_target
        aside: list[tuple[str, _Unmeasured]] = []
        for unit in units:
            found = self._entry(item, needs_target, unit, facts.get(unit))
            if isinstance(found, Entry):
                entries.append(found)
            else:
                aside.append((unit, found))
        count = len(entries) + sum(1 for _, found in aside if found.status not in OUT)
        sheet = Sheet(
            item.points,
            count,
            entries,
            item.basis,
            item.better,
            item.unit,
            group,
            item.method.dense,
            self.scheme.assumptions_of(item.key),
        )
        scores = {unit: self._aside(item, sheet, unit, found) for unit, found in aside}
        points = item.method.points(sheet) if entries else []
        gated = [self._gate(item, entry) for entry in entries] if item.gates else [None] * len(entries)
        if item.gates:
            points = [given if gate is None else ZERO for given, gate in zip(points, gated, strict=True)]
        ranks = sheet.ranks if item.method.RANKS else rank(points)
        for at, (entry, given, ranked, gate) in enumerate(zip(entries, points, ranks, gated, strict=True)):
            rows = facts.get(entry.unit)
            scores[entry.unit] = ItemScore(
                item,
                entry.unit,
                Status.SCORED if gate is None else Status.GATED,
                given,
                given,
                ranked,
                sheet,
                at,
                rows[0] if rows else None,
                entry.target,
                gate,
            )
        return scores

    def _aside(self, item: Item, sheet: Sheet, unit: str, found: _Unmeasured) -> ItemScore:
        """The score of a unit that is not measured. A gate beats the full points of one that has no target."""
        status, fact, target, why = found
        gate: Gate | None = None
        if status is Status.FULL and item.gates and fact is not None and fact.value is not None:
            value = self._fraction(fact, fact.value)
            gate = self._gate(item, Entry(unit, value, target, None, value, ()))
        if gate is not None:
            status = Status.GATED
        points = item.points if status is Status.FULL else ZERO
        return ItemScore(item, unit, status, points, points, None, sheet, -1, fact, target, gate, why)

    def _entry(self, item: Item, needs_target: bool, unit: str, rows: list[Fact] | None) -> Entry | _Unmeasured:
        """What the unit brings, or why it is not measured."""
        fact = rows[0] if rows else None
        if item.applies_to and self.groups.get(unit) not in item.applies_to:
            return _Unmeasured(Status.OTHERS, fact, None, "、".join(item.applies_to))
        if fact is None and item.when_blank is None:
            return _unreported(item, None, None)
        target = item.target
        if fact is not None and fact.target is not None:
            target = self._fraction(fact, fact.target)
        if target is not None and item.target_share is not ONE:
            target *= item.target_share
        if needs_target:
            if target is None:
                return _Unmeasured(_without(item.no_target), fact, None, "没有目标")
            if item.basis is Basis.COMPLETION and target.numerator <= 0:
                if target:
                    self._problem(fact, f"“{unit}”第{item.key}项的目标是负数，算不出完成率")
                return _Unmeasured(_without(item.zero_target), fact, target, "目标为0")
        marks: tuple[Fraction, ...] = ()
        if item.method.JUDGED:
            marks = self._marks(item, rows or ())
            value = item.method.measure(marks) if marks else item.when_blank
        elif fact is not None and fact.value is not None:
            value = self._fraction(fact, fact.value)
        else:
            value = item.when_blank
        if value is None:
            return _unreported(item, fact, target)
        previous = self._fraction(fact, fact.previous) if fact is not None and fact.previous is not None else None
        match item.basis:
            case Basis.VALUE:
                measure = value
            case Basis.COMPLETION:
                measure = percent(value, target or ONE)
            case Basis.GAP:
                measure = value - (target or ZERO)
            case _:
                if not previous:
                    why = "没有上期数" if previous is None else "上期数为0"
                    return _Unmeasured(_without(item.no_target), fact, target, why)
                measure = percent(value - previous, abs(previous))
        return Entry(unit, value, target, previous, measure, marks)

    def _marks(self, item: Item, rows: Sequence[Fact]) -> tuple[Fraction, ...]:
        marks = []
        for row in rows:
            if row.value is None:
                continue
            mark = self._fraction(row, row.value)
            if isinstance(item.method, Judges) and not 0 <= mark <= item.method.out_of:
                most = show(item.method.out_of, 6)
                self._problem(row, f"“{row.unit}”第{item.key}项的评分{amount(mark)}不在0—{most}之间")
            marks.append(mark)
        return tuple(sorted(marks))

    def _fraction(self, fact: Fact, number: Decimal) -> Fraction:
        fraction = exact(number)
        if fraction is None:
            self._problem(fact, f"“{fact.unit}”第{fact.item}项的数超过{MOST_DIGITS}位")
            return ZERO
        return fraction

    def _gate(self, item: Item, entry: Entry) -> Gate | None:
        """Which gate holds."""
        for gate in item.gates:
            if gate.when.holds(known(entry, gate.when.names)):
                return gate
        return None

    # One unit

    def _unit(self, unit: str, columns: Sequence[Mapping[str, ItemScore]]) -> UnitScore:
        scheme = self.scheme
        scores = [column[unit] for column in columns]
        excluded = sum((one.item.points for one in scores if one.status in OUT), ZERO)
        scaling = Scaling.of(scheme.total, excluded) if excluded else None
        if scaling is not None:
            scores = [
                one._replace(points=one.raw * scaling.factor, scaling=scaling) if one.item.points else one
                for one in scores
            ]
        nothing = scaling is not None and scaling.total == scaling.excluded
        recorded = all(isinstance(item.method, Record) for item in scheme.items)
        total, limits = self._total(scores)
        vetoes, total, unranked = self._vetoed(scores, total)
        ranking = self.groups.get(unit, "") if scheme.apart else ""
        if nothing:
            limits = (*limits, "各项都不适用")
        return UnitScore(
            unit, ranking, total, None if nothing or recorded or unranked else 0, tuple(scores), (), vetoes, limits
        )

    def _total(self, scores: Sequence[ItemScore]) -> tuple[Fraction, tuple[str, ...]]:
        scheme, limits = self.scheme, []
        if any(group.most is not None for group in scheme.groups):
            by_group = {group.key: ZERO for group in scheme.groups}
            for one in scores:
                by_group[one.item.group] += one.points
            for group in scheme.groups:
                if group.most is not None and by_group[group.key] > group.most:
                    by_group[group.key] = group.most
                    limits.append(f"{group.title}合计最多计{show(group.most, 6)}分")
            total = sum(by_group.values(), ZERO)
        else:
            total = exact_sum([one.points for one in scores])
        if scheme.least is not None and total < scheme.least:
            total = scheme.least
            limits.append(f"总分最低计{show(total, 6)}分")
        if scheme.most is not None and total > scheme.most:
            total = scheme.most
            limits.append(f"总分最高计{show(total, 6)}分")
        return total, tuple(limits)

    def _vetoed(self, scores: Sequence[ItemScore], total: Fraction) -> tuple[tuple[Vetoed, ...], Fraction, bool]:
        vetoes, unranked = [], False
        for one in scores:
            veto = one.item.method
            if not isinstance(veto, Veto) or one.at < 0 or veto.when is None:
                continue
            if not veto.when.holds(known(one.sheet.entries[one.at], veto.when.names)):
                continue
            vetoes.append(Vetoed(one.item, veto.consequence()))
            match veto.effect:
                case Effect.ZERO:
                    total = min(total, ZERO)
                case Effect.CAP:
                    total = min(total, veto.cap)
                case Effect.UNRANKED:
                    unranked = True
        return tuple(vetoes), total, unranked


def ranked_units(units: Sequence[UnitScore]) -> list[UnitScore]:
    """Units with the ranks of their totals, each ranking for itself; those whose rank is ``None`` keep it."""
    rankings: dict[str, list[int]] = {}
    for at, unit in enumerate(units):
        if unit.rank is not None:
            rankings.setdefault(unit.ranking, []).append(at)
    ranked = list(units)
    for places in rankings.values():
        for at, place in zip(places, rank([units[at].total for at in places]), strict=True):
            ranked[at] = replace(units[at], rank=place)
    return ranked


def _with_consequences(units: Sequence[UnitScore], follows: Iterable[Consequence]) -> list[UnitScore]:
    by_unit: dict[str, list[Consequence]] = {}
    for consequence in follows:
        by_unit.setdefault(consequence.unit, []).append(consequence)
    return [
        replace(unit, consequences=(*unit.consequences, *by_unit[unit.unit])) if unit.unit in by_unit else unit
        for unit in units
    ]


class _Unmeasured(NamedTuple):
    """A unit that is not measured on an item, and what is missing."""

    status: Status
    fact: Fact | None
    target: Fraction | None
    why: str


_WITHOUT = {NoTarget.EXCLUDE: Status.EXCLUDED, NoTarget.FULL: Status.FULL, NoTarget.ZERO: Status.NONE}


def _without(rule: NoTarget) -> Status:
    return _WITHOUT[rule]


def _unreported(item: Item, fact: Fact | None, target: Fraction | None) -> _Unmeasured:
    out = item.not_reported is NotReported.EXCLUDE
    return _Unmeasured(Status.EXCLUDED if out else Status.NOT_REPORTED, fact, target, NOTHING_GIVEN)

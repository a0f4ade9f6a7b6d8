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
from luoshi.scoring.methods import Basis, Effect, Entry, Judges, Sheet, Veto, known, rank
from luoshi.scoring.numbers import MOST_DIGITS, ONE, ZERO, amount, show
from luoshi.scoring.result import OUT, ItemScore, Result, Scaling, Status, UnitScore, Vetoed
from luoshi.scoring.scheme import Item, NoTarget, NotReported, Scheme


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


class _Cell(NamedTuple):
    """A unit's place on an item's sheet, before points are scaled."""

    status: Status
    raw: Fraction
    rank: int | None
    sheet: Sheet
    at: int
    fact: Fact | None
    target: Fraction | None
    gate: int
    why: str


_NO_SHEET = Sheet(ZERO, 0, ())


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

    def _column(self, item: Item) -> dict[str, _Cell]:
        """Every unit's cell of an item."""
        facts = self.by_item[item.key]
        if not item.apart:
            return self._sheet(item, "", self.units, facts)
        cells: dict[str, _Cell] = {}
        members: dict[str, list[str]] = {}
        for unit in self.units:
            members.setdefault(self.groups.get(unit, ""), []).append(unit)
        for group, units in members.items():
            cells.update(self._sheet(item, group, units, facts))
        return cells

    def _sheet(self, item: Item, group: str, units: Sequence[str], facts: Mapping[str, list[Fact]]) -> dict[str, _Cell]:
        entries: list[Entry] = []
        brought: list[tuple[Fact | None, Fraction | None]] = []
        aside: list[tuple[str, Status, Fact | None, Fraction | None, str]] = []
        for unit in units:
            found = self._entry(item, unit, facts.get(unit))
            if isinstance(found, Entry):
                rows = facts.get(unit)
                entries.append(found)
                brought.append((rows[0] if rows else None, found.target))
            else:
                aside.append((unit, *found))
        count = len(entries) + sum(1 for _, status, *_ in aside if status not in OUT)
        sheet = Sheet(item.points, count, entries, item.basis, item.better, item.unit, group, item.method.dense)
        cells = {
            unit: self._aside(item, sheet, unit, status, fact, target, why) for unit, status, fact, target, why in aside
        }
        points = item.method.points(sheet) if entries else []
        gated = [self._gate(item, entry) for entry in entries] if item.gates else None
        if gated is not None:
            points = [ZERO if gate >= 0 else given for given, gate in zip(points, gated, strict=True)]
        ranks = sheet.ranks if item.method.RANKS else rank(points)
        for at, entry in enumerate(entries):
            gate = gated[at] if gated is not None else -1
            fact, target = brought[at]
            status = Status.SCORED if gate < 0 else Status.GATED
            cells[entry.unit] = _Cell(status, points[at], ranks[at], sheet, at, fact, target, gate, "")
        return cells

    def _aside(
        self, item: Item, sheet: Sheet, unit: str, status: Status, fact: Fact | None, target: Fraction | None, why: str
    ) -> _Cell:
        """The cell of a unit that is not measured. A gate beats the full points of one that has no target."""
        gate = -1
        if status is Status.FULL and item.gates and fact is not None and fact.value is not None:
            value = self._fraction(fact, fact.value)
            gate = self._gate(item, Entry(unit, value, target, None, value, (value,)))
        if gate >= 0:
            status = Status.GATED
        points = item.points if status is Status.FULL else ZERO
        return _Cell(status, points, None, sheet, -1, fact, target, gate, why)

    def _entry(
        self, item: Item, unit: str, rows: list[Fact] | None
    ) -> Entry | tuple[Status, Fact | None, Fraction | None, str]:
        """What the unit brings, or why it is not measured: status, fact, target, what is missing."""
        if item.applies_to and self.groups.get(unit) not in item.applies_to:
            return Status.OTHERS, rows[0] if rows else None, None, "、".join(item.applies_to)
        fact = rows[0] if rows else None
        if fact is None and item.when_blank is None:
            return self._unreported(item, None, None)
        target = item.target
        if fact is not None and fact.target is not None:
            target = self._fraction(fact, fact.target)
        if target is not None and item.target_share != 1:
            target *= item.target_share
        if item.needs_target:
            if target is None:
                return _without(item.no_target), fact, None, "没有目标"
            if item.basis is Basis.COMPLETION and target <= 0:
                if target < 0:
                    self._problem(fact, f"“{unit}”第{item.key}项的目标是负数，算不出完成率")
                return _without(item.zero_target), fact, target, "目标为0"
        marks = self._marks(item, rows or ())
        if not marks:
            if item.when_blank is None:
                return self._unreported(item, fact, target)
            marks = (item.when_blank,)
        value = item.method.measure(marks)
        previous = self._fraction(fact, fact.previous) if fact is not None and fact.previous is not None else None
        match item.basis:
            case Basis.COMPLETION:
                measure = 100 * value / (target or ONE)
            case Basis.GAP:
                measure = value - (target or ZERO)
            case Basis.GROWTH:
                if not previous:
                    why = "没有上期数" if previous is None else "上期数为0"
                    return _without(item.no_target), fact, target, why
                measure = 100 * (value - previous) / abs(previous)
            case _:
                measure = value
        return Entry(unit, value, target, previous, measure, marks)

    def _unreported(
        self, item: Item, fact: Fact | None, target: Fraction | None
    ) -> tuple[Status, Fact | None, Fraction | None, str]:
        out = item.not_reported is NotReported.EXCLUDE
        return (Status.EXCLUDED if out else Status.NOT_REPORTED), fact, target, "没有上报"

    def _marks(self, item: Item, rows: Sequence[Fact]) -> tuple[Fraction, ...]:
        marks = tuple(self._fraction(row, row.value) for row in rows if row.value is not None)
        if isinstance(item.method, Judges):
            for row, mark in zip((row for row in rows if row.value is not None), marks, strict=True):
                if not 0 <= mark <= item.method.out_of:
                    most = show(item.method.out_of, 6)
                    self._problem(row, f"“{row.unit}”第{item.key}项的评分{amount(mark)}不在0—{most}之间")
        return marks

    def _fraction(self, fact: Fact, number: Decimal) -> Fraction:
        if (
            not number.is_finite()
            or abs(number.adjusted()) > MOST_DIGITS
            or len(number.as_tuple().digits) > MOST_DIGITS
        ):
            self._problem(fact, f"“{fact.unit}”第{fact.item}项的数超过{MOST_DIGITS}位")
            return ZERO
        return Fraction(number)

    def _gate(self, item: Item, entry: Entry) -> int:
        """Which gate holds; -1 for none."""
        for at, gate in enumerate(item.gates):
            if gate.when.holds(known(entry, gate.when.names)):
                return at
        return -1

    # One unit

    def _unit(self, unit: str, columns: Sequence[Mapping[str, _Cell]]) -> UnitScore:
        scheme = self.scheme
        cells = [column[unit] for column in columns]
        excluded = sum(
            (item.points for item, cell in zip(scheme.items, cells, strict=True) if cell.status in OUT), ZERO
        )
        scaling = Scaling(scheme.total, excluded) if excluded else None
        factor = scaling.factor if scaling is not None else ONE
        scores = []
        for item, cell in zip(scheme.items, cells, strict=True):
            status, raw, ranked, sheet, at, fact, target, gate, why = cell
            scaled = scaling if scaling is not None and item.points else None
            scores.append(
                ItemScore(
                    item,
                    unit,
                    status,
                    raw * factor if scaled is not None else raw,
                    raw,
                    ranked,
                    sheet,
                    at,
                    fact,
                    target,
                    item.gates[gate] if gate >= 0 else None,
                    scaled,
                    why,
                    scheme.assumptions_of(item.key),
                )
            )
        nothing = scaling is not None and scaling.total == scaling.excluded
        total, limits = self._total(scores)
        vetoes, total, unranked = self._vetoed(scores, total)
        ranking = self.groups.get(unit, "") if scheme.apart else ""
        if nothing:
            limits = (*limits, "各项都不适用，不参加排名")
        return UnitScore(unit, ranking, total, None if nothing or unranked else 0, tuple(scores), (), vetoes, limits)

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


def exact_sum(numbers: Sequence[Fraction]) -> Fraction:
    """The sum; numbers with one denominator are added as integers first, which is much quicker for points by rank."""
    by_denominator: dict[int, int] = {}
    for number in numbers:
        denominator = number.denominator
        by_denominator[denominator] = by_denominator.get(denominator, 0) + number.numerator
    return sum((Fraction(numerator, denominator) for denominator, numerator in by_denominator.items()), ZERO)


def _without(rule: NoTarget) -> Status:
    return {NoTarget.EXCLUDE: Status.EXCLUDED, NoTarget.FULL: Status.FULL, NoTarget.ZERO: Status.NONE}[rule]

"""Sentences written from figures, as offices word them. Nothing is said of nobody: no 0个, no list without names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby

from luoshi.publishing.numbers import number, points, rounded
from luoshi.publishing.words import Figure, Piece, Reference, Words, joined, words

#: How many names a list prints; a longer one of the largest group is cut by "等".
MOST_NAMES = 30


@dataclass(frozen=True, slots=True)
class Member:
    """A unit with the number that it is judged by (``None``: not reported)."""

    name: str
    figure: Figure | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Members that fare alike and how that is said: of some (``完成时序进度的``), of all or one (``完成时序进度``)."""

    some: str
    every: str
    members: tuple[Member, ...]
    reference: Reference


def scope(kinds: Sequence[str]) -> str:
    """What territories are called together, by their kinds: 县, 县市, 县市区 (a zone or a district makes it 区)."""
    found = set(kinds)
    county, city = "county" in found, "county-city" in found
    zone = bool(found & {"zone", "district"})
    if not found <= {"county", "county-city", "zone", "district"}:
        return "单位"
    name = ("县" if county else "") + ("市" if city else "") + ("区" if zone else "")
    return name or "单位"


def counted(count: int, reference: Reference, measure: str = "个") -> Words:
    """A count as a figure with its measure word."""
    return words(Figure(str(count), reference, Decimal(count)), measure)


def listed(members: Sequence[Member], *, values: bool = False, measure: str = "") -> Words:
    """Names with 、 between them, with ``values`` each with its number in brackets."""
    shown = members[:MOST_NAMES]
    items: list[Words | Piece] = [
        words(member.name, "（", member.figure, measure, "）") if values and member.figure else member.name
        for member in shown
    ]
    return words(joined("、", items), "等" if len(members) > len(shown) else "")


def parted(
    scope_name: str,
    groups: Sequence[Group],
    total: Reference,
    *,
    values: bool = False,
    measure: str = "",
    count_word: str = "个",
) -> Words:
    """How units part into groups: ``11个县市区中，完成时序进度的有7个：…；滞后的有3个：…；未报的有1个：…。``

    Groups without members are not named; where all are in one group: ``11个县市区均完成时序进度。``; a single unit is
    named instead of counted; no unit at all gives nothing. Raises ``ValueError`` where a unit is in two groups.
    """
    names = [member.name for group in groups for member in group.members]
    if len(set(names)) != len(names):
        raise ValueError("同一单位不能在两组里")
    filled = [group for group in groups if group.members]
    if not filled:
        return ()
    if len(names) == 1:
        (only,) = filled
        return words(listed(only.members, values=values, measure=measure), only.every, "。")
    whole = words(counted(len(names), total, count_word), scope_name)
    if len(filled) == 1:
        (only,) = filled
        told = words("：", listed(only.members, values=True, measure=measure)) if values else ()
        return words(whole, "均", only.every, told, "。")
    parts = [
        words(
            group.some,
            "有",
            counted(len(group.members), group.reference, count_word),
            "：",
            listed(group.members, values=values, measure=measure),
        )
        for group in filled
    ]
    return words(whole, "中，", joined("；", parts), "。")


def change(
    now: Decimal,
    before: Decimal | None,
    reference: Reference,
    *,
    label: str = "同比",
    share: bool = False,
    measure: str = "",
    places: int = 1,
) -> Words:
    """How a number moved: ``同比增长12.3%``, ``同比下降3.1%``, ``同比持平``.

    A ``share`` (0.456) moves by percentage points (提高, 下降). From a base that is 0 or below no rate exists: the
    difference is told in ``measure`` (增加, 减少). A move that rounding hides is 基本持平. Without a base: nothing.
    """
    if before is None:
        return ()
    if now == before:
        return words(f"{label}持平")
    up = now > before
    if share:
        if not rounded((now - before) * 100, places):
            return words(f"{label}基本持平")
        figure = _figure(number(abs(now - before) * 100, places), abs(now - before) * 100, reference, f"{label}增减")
        return words(label, "提高" if up else "下降", figure, "个百分点")
    if before > 0:
        rate = (now - before) / before * 100
        if not rounded(rate, places):
            return words(f"{label}基本持平")
        figure = _figure(number(abs(rate), places), abs(rate), reference, "（本期-上期）÷上期×100%")
        return words(label, "增长" if up else "下降", figure, "%")
    if not rounded(now - before, places):
        return words(f"{label}基本持平")
    figure = _figure(number(abs(now - before), places), abs(now - before), reference, "本期-上期")
    return words(label, "增加" if up else "减少", figure, measure)


def against_schedule(reached: Decimal, expected: Decimal, reference: Reference, *, places: int = 1) -> Words:
    """Shares of a target, reached and expected: ``快于时序进度3.2个百分点``, ``慢于…``, ``与时序进度持平``."""
    difference = reached - expected
    if not rounded(difference * 100, places):
        return words("与时序进度持平")
    text = points(difference, places).removesuffix("个百分点")
    figure = _figure(text, abs(difference) * 100, reference, "完成率-时序进度")
    return words("快于" if difference > 0 else "慢于", "时序进度", figure, "个百分点")


def moved(
    now: Iterable[str],
    before: Iterable[str] | None,
    reference: Reference,
    *,
    what: str,
    label: str = "较上月",
    noun: str = "单位",
    measure: str = "个",
) -> Words:
    """Who joined and who left a group since the period before: ``较上月，新增滞后单位2个：…；不再滞后的1个：…``.

    Nothing where the period before is unknown or nothing changed.
    """
    if before is None:
        return ()
    ours, theirs = list(dict.fromkeys(now)), list(dict.fromkeys(before))
    joined_, left = [name for name in ours if name not in theirs], [name for name in theirs if name not in ours]
    parts = []
    if joined_:
        count = counted(len(joined_), replace(reference, rule="本期有、上期没有的计数"), measure)
        parts.append(words(f"新增{what}的{noun}", count, "：", "、".join(joined_)))
    if left:
        count = counted(len(left), replace(reference, rule="上期有、本期没有的计数"), measure)
        parts.append(words(f"不再{what}的{noun}", count, "：", "、".join(left)))
    return words(label, "，", joined("；", parts), "。") if parts else ()


def ranks(members: Iterable[Member], *, descending: bool = True) -> list[tuple[int, Member]]:
    """Reported members with their place; ties share the better one (1, 2, 2, 4) and keep the order given."""
    reported = [member for member in members if member.figure is not None and member.figure.value is not None]
    ordered = sorted(reported, key=lambda member: _value(member), reverse=descending)
    # ``reverse`` keeps equal members in the order given, as sorting upwards does.
    found: list[tuple[int, Member]] = []
    for _, tied in groupby(ordered, key=_value):
        place = len(found) + 1
        found += [(place, member) for member in tied]
    return found


def ends(members: Sequence[Member], what: str, *, count: int = 3, descending: bool = True, measure: str = "") -> Words:
    """``完成率居前3位的是：…；居后3位的是：…。``; who ties with the last one named is named too.

    Few units are listed whole (``ranking``); all alike: ``各单位完成率均为…``; nobody: nothing.
    """
    placed = ranks(members, descending=descending)
    if not placed:
        return ()
    if len(placed) > 1 and len({_value(member) for _, member in placed}) == 1:
        figure = placed[0][1].figure
        return words(f"各单位{what}均为", figure or "", measure, "。")
    best = [member for place, member in placed if place <= count]
    cut = _value(placed[-count][1]) if len(placed) >= count else None
    worst = [member for _, member in placed if cut is not None and (_value(member) <= cut) is descending]
    if not descending:
        worst = [member for _, member in placed if cut is not None and _value(member) >= cut]
    if len(placed) < 2 * count or len(best) + len(worst) > len(placed):
        return ranking(members, what, descending=descending, measure=measure)
    front = words(f"{what}居前{len(best)}位的是：", listed(best, values=True, measure=measure))
    back = words(f"居后{len(worst)}位的是：", listed(worst, values=True, measure=measure))
    return words(front, "；", back, "。")


def ranking(members: Sequence[Member], what: str, *, descending: bool = True, measure: str = "") -> Words:
    """``按完成率由高到低依次为：…。``; a single unit: ``永安县完成率为45.6%。``; nobody: nothing."""
    placed = [member for _, member in ranks(members, descending=descending)]
    if not placed:
        return ()
    if len(placed) == 1:
        return words(placed[0].name, what, "为", placed[0].figure or "", measure, "。")
    order = "由高到低" if descending else "由低到高"
    return words(f"按{what}{order}依次为：", listed(placed, values=True, measure=measure), "。")


def _value(member: Member) -> Decimal:
    assert member.figure is not None and member.figure.value is not None
    return member.figure.value


def _figure(text: str, value: Decimal, reference: Reference, rule: str) -> Figure:
    return Figure(text, reference if reference.rule else replace(reference, rule=rule), value)

"""One thing listed twice: rows of a project list, and targets that two measures give to different leads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from rapidfuzz import fuzz

from luoshi.checks.figures import show
from luoshi.checks.kinds import finding
from luoshi.checks.model import Finding, Place
from luoshi.checks.repeats import check_repeats
from luoshi.checks.sheets import Row, Sheet
from luoshi.checks.subject import PlanView, Subject
from luoshi.checks.wording import bare, letters
from luoshi.extraction.model import ResponsibilityDraft, TargetDraft

_NAME = re.compile(r"(?:项目|工程|活动|平台|系统|事项|任务|实事|措施)(?:名称|内容)?$|名称$")
_LEAD = re.compile(r"牵头|责任|主管")
_PLACE = re.compile(r"地点|建设地|位置|县市|地区|区域")
_PHASE = re.compile(r"[一二三四五六七八九十\d]+\s*[期标段号]|[A-Za-z]+|\d+(?:\.\d+)?")
_MARKS = re.compile(r"[\s“”\"（）()·、,，.。-]")
_SIMILAR = 88.0
_SHORTEST = 8
_MOST_AMOUNTS = 20  # rows of one amount that are compared with one another
_SCOPED = re.compile(r"每|各|其中|季度|上半年|\d月")


def check_duplicates(subject: Subject) -> Iterator[Finding]:
    """All findings about duplicates."""
    for plan in subject.plans:
        for sheet in plan.sheets:
            yield from _rows(sheet)
    for group in subject.related():
        yield from _targets(group)
    yield from check_repeats(subject)


def _rows(sheet: Sheet) -> Iterator[Finding]:
    """Rows of one name; rows of like names with the same amount (and place)."""
    name = next((c for c in sheet.columns if not c.numeric and not c.serial and _NAME.search(c.own)), None)
    if name is None or len(sheet.rows) < 4:
        return
    seen: dict[str, Row] = {}
    amounts: dict[tuple[Decimal, str], list[Row]] = {}
    columns = [c for c in sheet.columns if c.numeric and not c.rate]
    place = sheet.column_named(_PLACE.pattern)
    for row in sheet.rows:
        text = _MARKS.sub("", row.cells[name.index])
        if len(text) < _SHORTEST or row.level != "leaf":
            continue
        if text in seen and _same_amounts(seen[text], row, [c.index for c in columns]):
            yield _twice(sheet, seen[text], row, name.index, "row-twice")
            continue
        seen[text] = row
        where = row.cells[place.index] if place is not None else ""
        for column in columns[:1]:
            figure = row.figures[column.index]
            if figure is None:
                continue
            group = amounts.setdefault((figure.value, where), [])
            for other in group[-_MOST_AMOUNTS:]:
                if _alike(_MARKS.sub("", other.cells[name.index]), text):
                    yield _twice(sheet, other, row, name.index, "row-similar")
            group.append(row)


def _same_amounts(left: Row, right: Row, columns: list[int]) -> bool:
    """Whether all amounts are equal; without any the name alone is no proof (会议, 培训 recur)."""
    pairs = [(left.figures[c], right.figures[c]) for c in columns]
    values = [(a.value, b.value) for a, b in pairs if a is not None and b is not None]
    return bool(values) and all(a == b for a, b in values)


def _alike(left: str, right: str) -> bool:
    """Names of one thing: one ends with the other, or they differ in few characters, never in a phase or a number."""
    short, long = sorted((left, right), key=len)
    if len(short) >= _SHORTEST and (long.endswith(short) or long.startswith(short)):
        return not _PHASE.findall(long[: len(long) - len(short)] if long.endswith(short) else long[len(short) :])
    return _PHASE.findall(left) == _PHASE.findall(right) and fuzz.ratio(left, right) >= _SIMILAR


def _twice(sheet: Sheet, first: Row, second: Row, name: int, kind: str) -> Finding:
    lead = next((c for c in sheet.columns if _LEAD.search(c.own)), None)
    leads = [row.cells[lead.index] for row in (first, second)] if lead is not None else []
    serial = next((c for c in sheet.columns if c.serial), None)
    numbers = [row.cells[serial.index] for row in (first, second)] if serial is not None else ["", ""]
    label = "和".join(f"第{number}项" for number in numbers) if all(numbers) else "两行"
    same = "同名" if kind == "row-twice" else "名称相近、数额相同"
    differ = f"，牵头单位不同（{leads[0]}、{leads[1]}）" if len(leads) == 2 and leads[0] != leads[1] else ""
    return finding(
        kind,
        f"《{sheet.title}》{label}{same}{differ}。",
        [sheet.place(first, name), sheet.place(second, name)],
        plan=sheet.plan,
        detail="；".join(" ".join(cell for cell in row.cells if cell) for row in (first, second)),
        readings=(" ".join([first.cells[name], *leads[:1]]), " ".join([second.cells[name], *leads[1:]])),
        data={"table": sheet.title},
    )


def _targets(plans: tuple[PlanView, ...]) -> Iterator[Finding]:
    """One target (name, value, year) in two measures: of different leads, or to be counted only once.

    Sections that sum up repeat what the others say: they are left out.
    """
    known: dict[tuple[str, Decimal, str, int | None], list[tuple[PlanView, TargetDraft]]] = {}
    for plan in plans:
        for target in plan.draft.targets:
            name = bare(target.indicator)
            every = target.unit == "%" and target.value == 100
            if every or len(name) < 4 or _SCOPED.search(target.indicator) or plan.is_past(target.line):
                continue
            if not plan.is_aim(target.measure):
                known.setdefault((letters(name), target.value, target.unit, target.year), []).append((plan, target))
    clauses = {plan.index: plan.clauses for plan in plans}
    for places in known.values():
        plan, first = places[0]
        clause = clauses[plan.index].get(first.measure or "")
        for other_plan, other in places[1:]:
            if other.measure == first.measure and plan is other_plan:
                continue
            second = clauses[other_plan.index].get(other.measure or "")
            yield _same_target((plan, other_plan), first, other, clause, second)
            break


def _same_target(
    plans: tuple[PlanView, PlanView],
    first: TargetDraft,
    other: TargetDraft,
    clause: ResponsibilityDraft | None,
    second: ResponsibilityDraft | None,
) -> Finding:
    what = f"“{first.indicator}”（{show(first.value)}{first.unit}）"
    places = [plans[0].place_of(first), plans[1].place_of(other)]
    if clause is None or second is None or not clause.lead or not second.lead or set(clause.lead) & set(second.lead):
        return finding(
            "target-twice",
            f"{what}在两项任务中出现，值相同。",
            places,
            plan=plans[1].index,
            readings=(places[0].text, places[1].text),
        )
    leads = "、".join(clause.lead), "、".join(second.lead)
    return finding(
        "other-lead",
        f"{what}出现两次，牵头单位不同。",
        [*places, Place(clause.spans, clause.text), Place(second.spans, second.text)],
        plan=plans[1].index,
        detail=f"第{first.line}行由{leads[0]}牵头，第{other.line}行由{leads[1]}牵头",
        readings=leads,
    )

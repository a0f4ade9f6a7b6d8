"""Names of units: unknown, no longer (or not yet) borne at the plan's date, misprinted."""

from __future__ import annotations

import re
from collections.abc import Iterator

from luoshi.checks.kinds import finding
from luoshi.checks.model import Finding, Place
from luoshi.checks.sheets import squeeze
from luoshi.checks.subject import PlanView, Subject, part
from luoshi.extraction.names import looks_like_unit, split_names
from luoshi.units.directory import UnitDirectory
from luoshi.units.model import NameKind

_DOUBLED = re.compile(
    r"[县\u4e00-\u9fff]([市县区州])\1人民政府|县(市)\2(?=[的和及、，。,要每])"
    r"|[省州市县区][\u4e00-\u9fff]{1,10}?(人民政府|管理|委员会|保障|办公室|管委会)\3(?=[局厅中、，,；;）)])"
)
_OPEN = re.compile(
    r"各|有关|相关|其他|成员单位|行业主管|牵头单位|责任单位|所有|等$|企业$|招商组|工作组|推进组|领导小组"
)
_NEAR = 70.0


def check_units(subject: Subject) -> Iterator[Finding]:
    """All findings about names, one a name and plan."""
    for plan in subject.plans:
        yield from _doubled(plan)
        if subject.directory is None:
            continue
        seen: dict[str, list[Place]] = {}
        for clause in plan.draft.responsibilities:
            for name in (*clause.lead, *clause.co):
                seen.setdefault(squeeze(name), []).append(Place(clause.spans, clause.text))
        for sheet in plan.sheets:
            for row, column in sheet.owners():
                for name in split_names(row.cells[column]):
                    seen.setdefault(squeeze(name), []).append(sheet.place(row, column))
        for name, places in seen.items():
            if not _DOUBLED.search(name):
                yield from _name(plan, subject.directory, name, places)


def _doubled(plan: PlanView) -> Iterator[Finding]:
    """Names of public bodies with a syllable printed twice (县市市人民政府), anywhere in the prose."""
    found: dict[tuple[str, str], list[Place]] = {}
    for paragraph in plan.paragraphs:
        for match in _DOUBLED.finditer(paragraph.text):
            place = part(paragraph, match.start(), match.end())
            found.setdefault((squeeze(match[0]), match[1] or match[2] or match[3]), []).append(place)
    for (name, syllable), places in found.items():
        yield finding(
            "unit-misprint",
            f"“{name}”疑多印了“{syllable}”（{len(places)}处）。",
            places,
            plan=plan.index,
            readings=(name, name.replace(syllable * 2, syllable, 1)),
            data={"unit": name, "uses": str(len(places))},
        )


def _name(plan: PlanView, directory: UnitDirectory, name: str, places: list[Place]) -> Iterator[Finding]:
    if _OPEN.search(name):
        return
    date = plan.issued_on
    found = directory.resolve(name, date)
    if found.outdated and found.keys and date is not None:
        heirs = [directory.name_at(unit.key, date) for key in found.keys for unit in directory.successors(key, date)]
        yield finding(
            "unit-outdated",
            f"“{name}”不是{date.isoformat()}时的名称（{len(places)}处）。",
            places[:5],
            plan=plan.index,
            detail=f"当时为：{'、'.join(heirs)}" if heirs else "单位表中没有后继单位",
            readings=(name, *heirs),
            data={"unit": name},
        )
    elif found.kind is NameKind.MISPRINT:
        yield finding(
            "unit-misprint",
            f"“{name}”疑有错漏（{len(places)}处）。",
            places[:5],
            plan=plan.index,
            detail=_meant(directory, found.keys),
            data={"unit": name},
        )
    elif (
        not found.keys
        and found.kind is None
        and looks_like_unit(name)
        and not any(score >= 100 for *_, score in found.nearest)
    ):
        near = [known for known, _, score in found.nearest if score >= _NEAR][:3]
        yield finding(
            "unit-unknown",
            f"“{name}”不在单位名称表中（{len(places)}处）。",
            places[:5],
            plan=plan.index,
            detail=f"相近的名称：{'、'.join(near)}" if near else "",
            readings=(name, *near),
            data={"unit": name},
        )


def _meant(directory: UnitDirectory, keys: tuple[str, ...]) -> str:
    names = [directory.unit(key).short_name for key in keys]
    return f"应为：{names[0]}" if len(names) == 1 else f"所指应为{len(names)}个单位：{'、'.join(names)}"

"""Who must do it: targets without anyone, units in two roles, in a table only, or not among the addressees."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from luoshi.checks.kinds import finding
from luoshi.checks.model import Finding, Place
from luoshi.checks.sheets import OWNERS, Sheet, squeeze
from luoshi.checks.subject import PlanView, Subject, part
from luoshi.extraction.model import Paragraph, ResponsibilityDraft, TargetDraft
from luoshi.extraction.names import looks_like_unit, split_names
from luoshi.units.model import NameKind

_SELF = re.compile(r"由.{2,20}(?:负责|牵头)|(?:负责|牵头|配合|落实)[)）。]")
_GROUP = re.compile(r"各|有关|相关|成员|所有|其他|等|\d")
#: Sections on how the plan is run: whoever runs it does what they say.
_RUNNING = re.compile(r"组织|领导|保障|督[查导]|考核|宣传|调度|机制|纪律|步骤|附则|工作要求")
_SHARE_WITH_CLAUSE = 0.7
_FEWEST_CLAUSES = 5
_REMARK = re.compile(r"[。；;]|[（(]以[上下]")
_DUTY_VERB = re.compile(r"(?:牵头|配合|参与|负责|落实)+$")
_FEWEST_PAIRS, _SHARE_ALIKE, _SHORTEST_TASK = 4, 0.6, 5
_ALL_DEPARTMENTS = re.compile(
    r"(?:[州市县区省]直|[州市县区省]级|[州市省]人民政府)?[^、，,]{0,6}(?:各|有关|相关)[^、，,：:]{0,12}(?:委[、,]?办|部门|单位|局|机构)"
)
_ADDRESSEES = re.compile(r"[：:]\s*$")
_ZONE = re.compile(r"(?:高新区|开发区|园区|新区)(?:管委会)?$")
_COUNTY = re.compile(r"[县市区旗](?:人民政府|政府)?$")


def check_responsibilities(subject: Subject) -> Iterator[Finding]:
    """All findings about responsibilities."""
    for plan in subject.plans:
        for clause in plan.draft.responsibilities:
            yield from _roles(plan, clause)
        yield from _without(plan)
        for sheet in plan.sheets:
            yield from _blank_owner(sheet)
            yield from _only_in_table(subject, plan, sheet)
            yield from _other_in_table(plan, sheet)
        yield from _not_addressed(subject, plan)


def _roles(plan: PlanView, clause: ResponsibilityDraft) -> Iterator[Finding]:
    """A unit in both roles of one clause."""
    lead, co = [squeeze(n) for n in clause.lead], [squeeze(n) for n in clause.co]
    place = Place(clause.spans, clause.text)
    for name in dict.fromkeys(n for n in lead if n in co):
        yield finding(
            "lead-and-support",
            f"{name}既是牵头单位又是责任（配合）单位。",
            [place],
            plan=plan.index,
            readings=(f"牵头：{name}", f"责任（配合）：{name}"),
            data={"unit": name},
        )


def _without(plan: PlanView) -> Iterator[Finding]:
    """Measures with targets but without anyone, where the plan names someone for nearly all others."""
    clauses = plan.draft.responsibilities
    if len(clauses) < _FEWEST_CLAUSES:
        return
    covered = set()
    for clause in clauses:
        # a clause in a paragraph of its own belongs to the measure above it
        measure = plan.measures.get(clause.measure or "") or plan.measure_at(clause.line)
        if measure is not None:
            covered.add(measure.key)
    above = set(covered)
    for key in covered:
        while "." in key:
            key = key.rpartition(".")[0]
            above.add(key)  # the clause stands below this node: for one of its parts
    targets: dict[str, list[TargetDraft]] = {}
    for target in plan.draft.targets:
        if target.measure is None or plan.is_past(target.line) or plan.is_aim(target.measure):
            continue
        if not any(_RUNNING.search(title[:20]) for title in plan.headings(target.measure)):
            targets.setdefault(target.measure, []).append(target)
    owned = [key for key in targets if _has_owner(key, covered)]
    if not targets or len(owned) < _SHARE_WITH_CLAUSE * len(targets):
        return
    last_of = _last_clauses(plan, covered)
    for key, found in targets.items():
        measure = plan.measures[key]
        if key in owned or key in above or last_of.get(measure.parent or "", "") > key or _SELF.search(measure.text):
            continue
        yield finding(
            "no-responsible",
            f"“{measure.title or measure.text[:20]}”有{len(found)}个目标，没有责任单位。",
            [Place(target.spans, target.text) for target in found],
            plan=plan.index,
            detail="；".join(target.text for target in found),
        )


def _has_owner(key: str, covered: set[str]) -> bool:
    while key:
        if key in covered:
            return True
        key = key.rpartition(".")[0]
    return False


def _last_clauses(plan: PlanView, covered: set[str]) -> dict[str, str]:
    """For each parent whose only clause stands at its last child, that child: it may be meant for all of them."""
    children: dict[str, list[str]] = {}
    for measure in plan.draft.measures:
        children.setdefault(measure.parent or "", []).append(measure.key)
    return {
        parent: keys[-1]
        for parent, keys in children.items()
        if len(keys) > 1 and keys[-1] in covered and not any(key in covered for key in keys[:-1])
    }


def _blank_owner(sheet: Sheet) -> Iterator[Finding]:
    """A task table whose first rows name nobody: there is no merged cell above that they could share."""
    owners = (c for c in sheet.columns if OWNERS.search(c.own) and not c.numeric and c.index)
    owner = next((c for c in owners if "配合" not in c.own), None)
    if owner is None:
        return
    rows = [row for row in sheet.rows if row.is_leaf]
    filled = [row for row in rows if row.cells[owner.index]]
    if len(filled) < 0.4 * len(rows) or len(filled) < 3:
        return
    for row in rows:
        if row.cells[owner.index]:
            break
        yield finding(
            "no-responsible",
            f"《{sheet.title}》“{row.label}”没有{owner.own}。",
            [sheet.place(row)],
            plan=sheet.plan,
            detail="该列上方没有可以共用的合并单元格",
        )


def _only_in_table(subject: Subject, plan: PlanView, sheet: Sheet) -> Iterator[Finding]:
    """Units with a row of tasks whom the text, which names most others of the table, never mentions."""
    owner = next((c for c in sheet.columns if OWNERS.search(c.own) and not c.numeric), None)
    if owner is None or len(plan.draft.responsibilities) < _FEWEST_CLAUSES or not any(sheet.amounts):
        return
    rows = []
    for row in sheet.rows:
        name = re.sub(r"[(（〈<].*$", "", row.cells[owner.index])
        if row.is_leaf and "、" not in name and len(name) >= 3 and not _GROUP.search(name) and looks_like_unit(name):
            rows.append((row, name))
    mentioned = {name: _mentioned(subject, plan, name) for name in {name for _, name in rows}}
    absent = [(row, name) for row, name in rows if not mentioned[name]]
    if len(rows) < 4 or len(absent) > 0.5 * len(rows):
        return
    seen: set[str] = set()
    for row, name in absent:
        if name in seen:
            continue
        seen.add(name)
        yield finding(
            "table-only-unit",
            f"{name}在《{sheet.title}》中有任务，正文没有提到。",
            [sheet.place(row)],
            plan=plan.index,
            data={"unit": name, "table": sheet.title},
        )


def _other_in_table(plan: PlanView, sheet: Sheet) -> Iterator[Finding]:
    """Tasks whose units in the table are those of the text but for one, where the table repeats the text's lists."""
    owners = [c.index for c in sheet.columns if OWNERS.search(c.own) and not c.numeric]
    clauses = _only_clauses(plan) if owners else {}
    pairs = []
    for row in sheet.rows if clauses else ():
        label = next(
            (key for c, cell in enumerate(row.cells) if c not in owners and (key := _task_name(cell)) in clauses), ""
        )
        theirs = {_plain(name) for c in owners for name in split_names(_REMARK.split(row.cells[c])[0])}
        if label and theirs:
            clause = clauses[label]
            pairs.append((row, clause, {_plain(name) for name in (*clause.lead, *clause.co)}, theirs))
    same = sum(ours == theirs for *_, ours, theirs in pairs)
    if len(pairs) < _FEWEST_PAIRS or same < _SHARE_ALIKE * len(pairs):
        return
    for row, clause, ours, theirs in pairs:
        mine, other = sorted(ours - theirs), sorted(theirs - ours)
        if ours == theirs or len(mine) > 1 or len(other) > 1 or len(ours & theirs) < 2:
            continue
        readings = tuple(
            f"{where}：{names[0] if names else '无'}" for where, names in (("正文", mine), ("附表", other))
        )
        yield finding(
            "duty-differs",
            f"“{row.label}”的责任单位，正文与《{sheet.title}》有一个不同。",
            [Place(clause.spans, clause.text), sheet.place(row, owners[0])],
            plan=plan.index,
            detail="；".join(readings),
            readings=readings,
        )


def _only_clauses(plan: PlanView) -> dict[str, ResponsibilityDraft]:
    """The clause of each task that has one title of its own and one clause."""
    found: dict[str, list[ResponsibilityDraft]] = {}
    for clause in plan.draft.responsibilities:
        measure = plan.measures.get(clause.measure or "")
        if measure is not None and len(name := _task_name(measure.title)) >= _SHORTEST_TASK:
            found.setdefault(name, []).append(clause)
    return {name: clauses[0] for name, clauses in found.items() if len(clauses) == 1}


def _task_name(text: str) -> str:
    return squeeze(text).strip("。；;，,")


def _plain(name: str) -> str:
    """A name without blanks, in half-width marks, without the verb that a cell prints behind it (甲局牵头)."""
    return _DUTY_VERB.sub("", unicodedata.normalize("NFKC", squeeze(name)))


def _mentioned(subject: Subject, plan: PlanView, name: str) -> bool:
    """Whether the plan's prose names a unit, by this or another of its names."""
    if name in plan.prose:
        return True
    if subject.directory is None:
        return False
    date = plan.issued_on
    keys = subject.directory.resolve(name, date).keys
    names = {
        known.name for key in keys for known in subject.directory.names_of(key) if known.kind is not NameKind.GROUP
    }
    names |= {subject.directory.unit(key).name for key in keys} | {
        subject.directory.unit(key).short_name for key in keys
    }
    return any(len(known) >= 3 and known in plan.prose for known in names)


def _not_addressed(subject: Subject, plan: PlanView) -> Iterator[Finding]:
    """Units with duties under a notice whose addressees leave out all units of their sort."""
    addressed = _addressees(subject, plan)
    if addressed is None:
        return
    paragraph, text = addressed
    missing: dict[str, ResponsibilityDraft] = {}
    for clause in plan.draft.responsibilities:
        for name in (*clause.lead, *clause.co):
            name = squeeze(name)
            if _is_left_out(name, text):
                missing.setdefault(name, clause)
    if not missing:
        return
    names = list(missing)
    places = [Place(missing[name].spans, missing[name].text) for name in names[:5]]
    yield finding(
        "not-addressed",
        f"{'、'.join(names[:5])}{'等' if len(names) > 5 else ''}有任务，但不在主送范围。",
        [part(paragraph, 0, len(paragraph.text)), *places],
        plan=plan.index,
        detail=f"主送：{text}",
        data={"units": "、".join(names)},
    )


def _addressees(subject: Subject, plan: PlanView) -> tuple[Paragraph, str] | None:
    """The salutation of the notice that carries a plan: everyone up to the colon."""
    if plan.carrier is None:
        return None
    notice = subject.plans[plan.carrier]
    for paragraph in notice.paragraphs[:8]:
        text = squeeze(paragraph.text)
        if _ADDRESSEES.search(text) and len(text) <= 200 and re.search(r"政府|部门|单位|局", text):
            return paragraph, text.rstrip("：:")
    return None


def _is_left_out(name: str, addressed: str) -> bool:
    """Whether no addressee can stand for a unit: only counties, zones and departments are told apart."""
    if name in addressed or _GROUP.search(name):
        return False
    if _ZONE.search(name):
        return re.search(r"高新区|开发区|园区|管委会", addressed) is None
    if _COUNTY.search(name):
        return re.search(r"各?县|各[州盟市区旗]|县市|[州盟市区旗]人民政府", addressed) is None
    if re.match(r"[州市省县区](?!政府|人民政府|委|纪)[^、]{1,14}(?:局|委|办|厅|中心|院)$", name):
        return _ALL_DEPARTMENTS.search(addressed) is None
    return False

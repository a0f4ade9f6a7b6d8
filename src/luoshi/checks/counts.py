"""Numbers that a text announces against what it lists: plans, rows of a table, measures, names in brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from luoshi.checks.kinds import finding
from luoshi.checks.model import Finding, Place
from luoshi.checks.sheets import Row, Sheet, squeeze
from luoshi.checks.subject import PlanView, Subject, part
from luoshi.extraction.labels import han_number, read_label

_HAN = "一二两三四五六七八九十"
_NUMBER = rf"(?P<number>\d{{1,3}}|[{_HAN}]{{1,3}})"
_CARRIED = re.compile(
    rf"{_NUMBER}\s*(?:大|个|项)[^\d，。两三四五六七八九十]{{0,20}}?(?:方案|规划|计划|措施|办法)(?:的通知)?$"
)
_MEASURES = re.compile(rf"(?<!第){_NUMBER}\s*条(?:措施|政策|意见|举措|办法)")
_TABLE = re.compile(rf"{_NUMBER}\s*(?:个|项|件|名|家|户|大|条)")
_TERRITORIES = re.compile(r"(?P<number>\d{1,2})\s*(?:个)?县[、（(]?市[)）]?(?![级属内外域])")
_TERRITORY = re.compile(r"[\u4e00-\u9fff]{1,8}(?:自治)?[县市旗]$")
_ZONE = re.compile(r"[\u4e00-\u9fff]{1,10}(?:高新区|开发区|园区|新区|经开区|管委会|区)$")
_BRACKET = re.compile(
    r"(?P<number>\d{1,2}|[两三四五六七八九十]{1,2})(?P<counter>个|大|项|家|类|县|所|名)(?P<what>[\u4e00-\u9fff“”]{0,10})"
    r"[（(](?P<list>[^（）()。；;]{3,200})[）)]"
)
_OPEN = re.compile(r"等|以及其他|……|包括|含|主要|牵头|责任|配合|例如|如")


def check_counts(subject: Subject) -> Iterator[Finding]:
    """All findings about counts."""
    for plan in subject.plans:
        if plan.is_chronicle:
            continue
        if plan.is_notice:
            yield from _carried(subject, plan)
        yield from _measures(plan)
        yield from _territories(plan)
        for sheet in plan.sheets:
            yield from _rows(sheet)
        for paragraph in plan.paragraphs:
            for match in _BRACKET.finditer(paragraph.text):
                yield from _names(plan, match, part(paragraph, match.start(), match.end()))


def number(text: str) -> int:
    """An announced number, in figures or Chinese numerals."""
    return int(text) if text.isdigit() else han_number(text.replace("两", "二"))


def _carried(subject: Subject, plan: PlanView) -> Iterator[Finding]:
    """六大……方案 in a notice's title against the plans that follow it."""
    match = _CARRIED.search(squeeze(plan.draft.title).removesuffix("的通知"))
    if match is None:
        return
    carried = []
    for other in subject.plans[plan.index + 1 :]:
        if other.is_notice or other.is_chronicle:
            break
        carried.append(other)
    announced = number(match["number"])
    if len(carried) < 2 or len(carried) == announced or announced > 20:
        return
    first = plan.paragraphs[0]
    yield finding(
        "count",
        f"题目说“{match[0]}”，文中有{len(carried)}个。",
        [Place(first.spans(), first.text)]
        + [Place(other.paragraphs[0].spans(), other.paragraphs[0].text) for other in carried if other.paragraphs],
        plan=plan.index,
        detail="、".join(other.draft.title for other in carried),
        readings=(str(announced), str(len(carried))),
    )


def _measures(plan: PlanView) -> Iterator[Finding]:
    """20条措施 in the plan's title against its numbered items."""
    match = _MEASURES.search(squeeze(plan.draft.title))
    if match is None or plan.is_notice:
        return
    numbers: dict[str, list[int]] = {}
    for measure in plan.draft.measures:
        label = read_label(measure.labels[-1] + "一")
        if label is not None:
            numbers.setdefault(label.kind, []).append(label.number)
    announced = number(match["number"])
    # only numbers that run through the whole plan are a count of its measures
    running = [max(found) for found in numbers.values() if max(found) == len(found)]
    if any(announced in (len(found), max(found)) for found in numbers.values()) or not running:
        return
    most = max(running)
    if most < announced / 2 or most > 2 * announced:
        return
    first = plan.paragraphs[0]
    yield finding(
        "count",
        f"题目说“{match[0]}”，编号到{most}。",
        [Place(first.spans(), first.text)],
        plan=plan.index,
        readings=(str(announced), str(most)),
    )


def _territories(plan: PlanView) -> Iterator[Finding]:
    """10县市 in the text against the counties, cities and zones that have rows in a table of the plan."""
    announced: dict[int, Place] = {}
    for paragraph in plan.paragraphs:
        for match in _TERRITORIES.finditer(paragraph.text):
            announced.setdefault(int(match["number"]), part(paragraph, match.start(), match.end()))
    if len(announced) != 1:
        return
    ((count, place),) = announced.items()
    told: set[tuple[str, ...]] = set()
    for sheet in plan.sheets:
        rows = [row for row in sheet.rows if row.is_leaf and (_TERRITORY.match(row.label) or _ZONE.match(row.label))]
        names = tuple(dict.fromkeys(row.label for row in rows))
        proper = [name for name in names if _TERRITORY.match(name)]
        if len(proper) < count - 1 or len(proper) < 5 or len(names) == count or names in told:
            continue
        told.add(names)
        extra = [row for row in rows if not _TERRITORY.match(row.label)]
        yield finding(
            "count-territories",
            f"正文说“{place.text}”，《{sheet.title}》列了{len(names)}个{_extra(extra)}。",
            [place, *(sheet.place(row, 0) for row in extra)] if extra else [place, sheet.title_place],
            plan=plan.index,
            detail="、".join(names),
            readings=(str(count), str(len(names))),
        )


def _extra(rows: list[Row]) -> str:
    return f"，多出{'、'.join(dict.fromkeys(row.label for row in rows))}" if rows else ""


def _rows(sheet: Sheet) -> Iterator[Finding]:
    """100个……名单, 10件实事 or (2项) in a table's title against its numbered rows."""
    title = re.sub(r"20\d\d[—–\-至]*(?:20\d\d)?年|[“”]", "", sheet.title)
    matches = [m for m in _TABLE.finditer(title) if re.search(r"名单|清单|目录|名录|一览|[)）]$|实事|项目", title)]
    serial = next((c for c in sheet.columns if c.serial), None)
    rows = [row for row in sheet.rows if row.is_leaf]
    numbered = [row for row in rows if serial is not None and row.cells[serial.index].isdigit()]
    if len(matches) != 1 or serial is None or len(numbered) < 2:
        return
    announced = number(matches[0]["number"])
    if len(numbered) == announced or announced < 2 or len(numbered) > 3 * announced:
        return
    yield finding(
        "count",
        f"《{sheet.title}》所列为{len(numbered)}项。",
        [sheet.title_place, sheet.place(numbered[-1])],
        plan=sheet.plan,
        detail=f"题目为{announced}，表中编号的有{len(numbered)}行",
        readings=(str(announced), str(len(numbered))),
    )


def _names(plan: PlanView, match: re.Match[str], place: Place) -> Iterator[Finding]:
    """4个县（甲、乙、丙、丁）: as many names as announced."""
    listed = match["list"]
    if _OPEN.search(listed) or "、" not in listed or re.search(r"\d|[:：，,]", listed):
        return
    names = [name for name in re.split(r"、|和|及", listed) if name.strip()]
    if all(name in "市区旗镇乡街道" for name in names):
        return  # 前3名的县（市、区）: the bracket goes on with the word
    announced = number(match["number"])
    if len(listed.split("、")) == announced or len(names) == announced or not 2 <= announced <= 30:
        return
    if abs(len(names) - announced) > max(2, announced // 2):
        return
    yield finding(
        "count",
        f"“{match['number']}{match['counter']}{match['what']}”，括号中列了{len(names)}个。",
        [place],
        plan=plan.index,
        detail="、".join(names),
        readings=(str(announced), str(len(names))),
    )

"""From the rows of a scoring table to draft schemes: data that load, where each item stands, and what is doubtful."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from luoshi.scoring.drafting.assumptions import assumptions
from luoshi.scoring.drafting.clauses import Reading
from luoshi.scoring.drafting.columns import find_columns
from luoshi.scoring.drafting.combination import combination
from luoshi.scoring.drafting.parts import parts_in
from luoshi.scoring.drafting.rows import Printed, Section, Sheet, read_rows
from luoshi.scoring.drafting.texts import decimal_words, narrow, number_of, plain_number
from luoshi.scoring.drafting.wording import read_wording
from luoshi.scoring.errors import SchemeError
from luoshi.scoring.loading import dump, from_data
from luoshi.scoring.scheme import Scheme

_KEY = re.compile(r"[^\s,;\"'、，]{1,20}")
_PERIODS = (
    ("half-year", "半年", re.compile(r"半年")),
    ("quarter", "季度", re.compile(r"季")),
    ("month", "月度", re.compile(r"月")),
    ("year", "年度", re.compile(r"年度|全年|年终|年底|年末")),
)
#: Before the printed words of what a person must look at.
TO_CONFIRM = "待确认"


@dataclass(frozen=True, slots=True)
class ItemOrigin:
    """Where an item of a draft comes from: rows of the table (from 0), the printed words, and what is doubtful.

    ``certain``: every part of the words was read.
    """

    key: str
    title: str
    rows: tuple[int, ...]
    text: str
    certain: bool
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SchemeDraft:
    """A draft that loads. ``remarks``: what concerns the whole table."""

    scheme: Scheme
    origins: tuple[ItemOrigin, ...]
    remarks: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """As YAML."""
        return dump(self.scheme)

    @property
    def doubtful(self) -> tuple[ItemOrigin, ...]:
        """Items that a person must look at."""
        return tuple(origin for origin in self.origins if not origin.certain)


@dataclass(slots=True)
class _Item:
    data: dict[str, Any]
    origin: ItemOrigin
    opened: list[str]


def draft_schemes(
    title: str,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    key: str,
    document: str = "",
    notes: Sequence[str] = (),
) -> tuple[SchemeDraft, ...]:
    """The schemes that a scoring table makes up: one, or one for each period that it scores by itself.

    ``header``: one name a column; ``rows``: texts of cells, merged ones blank or repeated. ``key``: the schemes' (with
    the period behind it where there are several). ``notes``: what stands below the table; a formula for the year among
    them (``全年得分=前3个季度得分之和÷6+年度得分÷2``) gives one more draft. Empty where the table has no items.
    """
    columns = find_columns(header, rows)
    if columns is None:
        return ()
    sheet = read_rows(columns, rows)
    if not sheet.sections:
        return ()
    keys = _keys(sheet)
    items = {id(printed): _item(printed, key) for printed, key in keys}
    title = title.strip()[:180] or "评分办法"
    split = _by_period(sheet)
    drafts = []
    for (period, label), sections in split.items():
        mine = [items[id(printed)] for section in sections for printed in section.items]
        name = f"{title}（{label}）" if len(split) > 1 else title
        data: dict[str, Any] = {
            "key": f"{key}-{period}" if len(split) > 1 else key,
            "title": name[:200],
            "period": period if len(split) > 1 else _period(title, sections),
        }
        if document:
            data["document"] = document[:2000]
        if len(split) > 1:
            data["elsewhere"] = [one for other in items.values() if other not in mine for one in _all_keys(other.data)]
        remarks: list[str] = []
        if sheet.as_weights:
            remarks.append("原文印的是权重（%），这里按同数的分值计")
        data["groups"] = [
            _group(section, number, [items[id(one)].data for one in section.items], remarks)
            for number, section in enumerate(sections, 1)
        ]
        _total(data, sheet if len(split) == 1 else None, sections, remarks)
        drafts.append(_draft(data, mine, remarks))
    whole = combination(title, key, document, [*sheet.notes, *notes], [draft.scheme for draft in drafts])
    return (*drafts, *([SchemeDraft(whole, ())] if whole is not None else []))


def _keys(sheet: Sheet) -> list[tuple[Printed, str]]:
    """The printed numbers where they tell all items apart, else 1, 2, 3 through the whole table."""
    printed = [item for section in sheet.sections for item in section.items]
    numbers = [item.number for item in printed]
    usable = len(set(numbers)) == len(numbers) and all(_KEY.fullmatch(number) for number in numbers)
    return [(item, item.number if usable else str(at)) for at, item in enumerate(printed, 1)]


def _by_period(sheet: Sheet) -> dict[tuple[str, str], list[Section]]:
    """Sections by the period that they score; all of them together unless each is a whole of its own."""
    found = [
        next(((key, label) for key, label, at in _PERIODS if at.search(one.title)), None) for one in sheet.sections
    ]
    whole = [
        one.total or one.points or sum((item.points or Decimal(0) for item in one.items), Decimal(0))
        for one in sheet.sections
    ]
    apart = len(sheet.sections) > 1 and None not in found and len(set(found)) == len(found) and len(set(whole)) == 1
    if not apart:
        return {("any", ""): sheet.sections}
    return {period: [section] for period, section in zip(found, sheet.sections, strict=True) if period is not None}


def _period(title: str, sections: Sequence[Section]) -> str:
    told = title + "".join(section.title for section in sections)
    return next((key for key, _, pattern in _PERIODS if pattern.search(told)), "any")


def _all_keys(item: Mapping[str, Any]) -> list[str]:
    return [item["key"], *(part["key"] for part in item.get("parts", ()))]


def _item(printed: Printed, key: str) -> _Item:
    """An item's data, read from its words."""
    text = printed.words
    rows_with_points = [one for one in printed.own if one[1] is not None]
    doubts: list[str] = []
    opened: list[str] = []
    data: dict[str, Any] = {"key": key, "title": printed.title[:200]}
    if len(rows_with_points) > 1:
        named = [
            (narrow(words).split("\n")[0], points, words) for _, points, words in rows_with_points if points is not None
        ]
        points: Decimal | None = sum((one for _, one, _ in named), Decimal(0))
        named = [(re.split(r"[,，;；。]", one)[0] or printed.title, two, three) for one, two, three in named]
    else:
        points = printed.points
        named = parts_in(text, printed.title, points)
    reading = read_wording(text, printed.title, points)
    if points is not None:
        data["points"] = plain_number(points)
    if named:
        _with_parts(data, reading, named, doubts, opened)
    else:
        _settle(data, reading, points, text, doubts)
        opened += reading.open
    for name in ("evidence", "source", "unit"):
        if told := getattr(printed, name):
            data[name] = told[:500]
    _printed_target(data, printed, doubts)
    if (
        "method" in data
        and data["method"]["type"] not in ("veto", "addition", "record")
        and data.get("when_blank") is None
    ):
        opened.append("not-reported")
    certain = not doubts
    if not certain:
        data["note"] = f"{TO_CONFIRM}：{'；'.join(doubts)}。原文：{one_text(text) or printed.title}"[:2000]
    origin = ItemOrigin(key, data["title"], tuple(printed.rows), one_text(text), certain, tuple(doubts))
    return _Item(data, origin, opened)


def one_text(text: str) -> str:
    """Printed words on one line."""
    return "；".join(part.strip("；;") for part in text.splitlines() if part.strip())


def _settle(data: dict[str, Any], reading: Reading, points: Decimal | None, text: str, doubts: list[str]) -> None:
    """The method into the data; without one the item is marked by hand."""
    start = reading.data.pop("start", None)
    data |= reading.data
    doubts += reading.doubts
    if not reading.by_rule:
        doubts.append("没有读出计分方法，先按人工打分" if text else "原文没有写计分方法，先按人工打分")
        _by_hand(data, points)
        return
    kind = data["method"]["type"]
    if start is not None:
        data.setdefault("gates", []).append(
            {"when": f"完成率 < {decimal_words(start)}", "because": f"完成率低于{decimal_words(start)}%不得分"}
        )
    if kind in ("veto", "addition"):
        data.pop("points", None)
    elif kind != "deduction" and not points:
        doubts.append("没有印分值")
        _by_hand(data, None)
    if unread := [clause for clause in reading.unread if re.search(r"分|排|率|%|扣|加", clause)]:
        doubts.append("没有读懂：" + "、".join(f"“{clause[:60]}”" for clause in unread[:5]))
    if reading.unread:
        data.setdefault("note", "；".join(reading.unread)[:2000])


def _by_hand(data: dict[str, Any], points: Decimal | None) -> None:
    for name in ("basis", "better", "when_blank", "gates"):
        data.pop(name, None)
    if points:
        data |= {"unit": "分", "method": {"type": "share", "out_of": plain_number(points)}}
    else:
        data.pop("points", None)
        data["method"] = {"type": "record"}


def _with_parts(
    data: dict[str, Any],
    reading: Reading,
    named: Sequence[tuple[str, Decimal, str]],
    doubts: list[str],
    opened: list[str],
) -> None:
    """An item made up of parts; all scored the same way where the words say so for the whole."""
    same = len({words for *_, words in named}) == 1
    whole = reading.data | {"method": reading.data.get("method")}
    if same and reading.by_rule:
        whole.pop("start", None)
        data |= {name: value for name, value in whole.items() if value is not None}
        opened += reading.open
        doubts += reading.doubts
    else:
        data["method"] = {"type": "record"}
    parts = []
    for at, (title, points, words) in enumerate(named):
        suffix = chr(ord("a") + at) if len(named) <= 26 else f"-{at + 1}"
        part: dict[str, Any] = {
            "key": f"{data['key']}{suffix}",
            "title": title[:200] or data["title"],
            "points": plain_number(points),
        }
        if not (same and reading.by_rule):
            own = read_wording(words, title, points)
            _settle(part, own, points, words, doubts)
            if part["method"]["type"] in ("veto", "addition", "record"):
                part |= {"points": plain_number(points)}
                _by_hand(part, points)
            opened += own.open
            part.pop("note", None)
        parts.append(part)
    data["parts"] = parts
    total = sum((points for _, points, _ in named), Decimal(0))
    printed = data.get("points")
    if printed is None:
        data["points"] = plain_number(total)
    elif Decimal(printed) != total:
        data["spread"] = "scaled"
        doubts.append(f"分值{printed}分，各分项合计{decimal_words(total)}分")
    doubts[:] = list(dict.fromkeys(doubts))


def _printed_target(data: dict[str, Any], printed: Printed, doubts: list[str]) -> None:
    """One target for all, printed in a column of its own."""
    if not printed.target:
        return
    found = re.fullmatch(r"[≥>≤<=不低于少]*(\d{1,12}(?:\.\d{1,6})?)([^\d\s]{0,6})", narrow(printed.target))
    if found is None or not data.get("method") or data.get("parts"):
        data["note"] = "；".join(filter(None, (data.get("note", ""), f"目标：{printed.target}")))[:2000]
        return
    data["target"] = plain_number(number_of(found[1]))
    if found[2] and not data.get("unit"):
        data["unit"] = found[2]


def _group(section: Section, number: int, items: list[dict[str, Any]], remarks: list[str]) -> dict[str, Any]:
    group: dict[str, Any] = {"key": f"g{number}", "title": (section.title or "评分项目")[:200]}
    whole = sum((Decimal(item.get("points", 0)) for item in items), Decimal(0))
    printed = section.points if section.points is not None else section.total
    if section.points is not None and section.total is not None and section.points != section.total:
        remarks.append(
            f"“{section.title}”印了{decimal_words(section.points)}分，合计行是{decimal_words(section.total)}分"
        )
    if printed is not None and printed == whole:
        group["points"] = plain_number(printed)
    elif printed is not None:
        name = section.title or "全表"
        remarks.append(f"“{name}”印的是{decimal_words(printed)}分，各项合计{decimal_words(whole)}分")
    return group | {"items": items}


def _total(data: dict[str, Any], sheet: Sheet | None, sections: Sequence[Section], remarks: list[str]) -> None:
    """The printed total where it is right; what is wrong is told."""
    whole = sum((Decimal(item.get("points", 0)) for group in data["groups"] for item in group["items"]), Decimal(0))
    printed = sections[0].total if sheet is None else sheet.total
    if printed is None:
        return
    if printed == whole:
        data["total"] = plain_number(printed)
    elif not any(decimal_words(printed) in remark for remark in remarks):
        remarks.append(f"表中合计{decimal_words(printed)}分，各项合计{decimal_words(whole)}分")


def _draft(data: dict[str, Any], items: list[_Item], remarks: list[str]) -> SchemeDraft:
    """The draft; an item that would not load becomes one marked by hand."""
    origins = []
    for item in items:
        problems = _problems(item.data)
        if problems:
            doubts = (*item.origin.doubts, "读出的计分方法不能用，先按人工打分")
            points = item.data.get("points")
            for name in ("parts", "spread", "target", "source", "evidence"):
                item.data.pop(name, None)
            _by_hand(item.data, Decimal(points) if points else None)
            item.data["note"] = f"{TO_CONFIRM}：{doubts[-1]}。原文：{item.origin.text}"[:2000]
            item.opened.clear()
            item = _Item(
                item.data,
                ItemOrigin(item.origin.key, item.origin.title, item.origin.rows, item.origin.text, False, doubts),
                [],
            )
        origins.append(item.origin)
    data["groups"] = [group for group in data["groups"] if group["items"]]
    opened: dict[str, list[str]] = {}
    for item in items:
        for name in dict.fromkeys(item.opened):
            opened.setdefault(name, []).append(item.data["key"])
    told = assumptions([item.data for item in items], opened)
    if told:
        data["assumptions"] = told
    try:
        scheme = from_data(data)
    except SchemeError as error:
        # A reading that goes with no other one: without readings and totals every item was tried already.
        remarks.append(f"有约定不能用：{error}"[:300])
        for name in ("assumptions", "total"):
            data.pop(name, None)
        for group in data["groups"]:
            group.pop("points", None)
        scheme = from_data(data)
    return SchemeDraft(scheme, tuple(origins), tuple(remarks))


def _problems(item: Mapping[str, Any]) -> bool:
    try:
        from_data({"key": "one", "title": "one", "groups": [{"key": "g", "title": "g", "items": [item]}]})
    except SchemeError:
        return True
    return False

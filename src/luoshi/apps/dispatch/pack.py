"""会议材料: what a meeting is given to read, and its minutes, as official documents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from luoshi.apps.dispatch.figures import amount, percent
from luoshi.apps.dispatch.models import AgendaItem, AgendaKind, DecisionState, Meeting, MeetingState
from luoshi.apps.dispatch.queries.meetings import MeetingPage
from luoshi.publishing import Align, Column, Figure, Origin, Paper, Reference, Table, Words, words

LIGHTS = (("blue", "蓝灯"), ("green", "绿灯"), ("yellow", "黄灯"), ("red", "红灯"), ("grey", "未报"))
NUMERALS = "一二三四五六七八九十"
#: A pack is read at a table: so many rows of one table at most, the rest is told.
MOST_ROWS = 60


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading within a part."""

    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a pack: a heading, paragraphs, tables."""

    heading: str
    blocks: tuple[Words | Table | Heading, ...]


@dataclass(frozen=True, slots=True)
class Briefing:
    """What the pack of a meeting says; after the meeting its minutes and decisions come first."""

    title: str
    issuer: str
    date: str
    lead: str
    parts: tuple[Part, ...]
    digest: str
    moment: dt.datetime
    key: str


def briefing(page: MeetingPage) -> Briefing:
    """The pack's content, from what was frozen; of a meeting still planned from what was drawn last."""
    meeting = page.meeting
    parts = []
    if meeting.state in (MeetingState.HELD, MeetingState.CLOSED):
        parts += _minutes(page)
    parts.append(_agenda(page))
    tellers = {
        AgendaKind.CARRIED: ("上次议定事项办理情况", _carried),
        AgendaKind.BEHIND: ("进度滞后的目标", _behind),
        AgendaKind.WARNING: ("预警和应策情况", _warned),
        AgendaKind.PROBLEM: ("需协同事项", _problems),
        AgendaKind.MISSING: ("未报情况", _missing),
        AgendaKind.TOPIC: ("其他议题", _topics),
    }
    for kind, (heading, tell) in tellers.items():
        items = [item for item in page.items if item.kind == kind]
        if items:
            parts.append(Part(heading, tuple(tell(items))))
    drawn = meeting.frozen_at or meeting.drawn_at or meeting.held_at
    fixed = f"数据截至{_moment(drawn)}" + ("" if meeting.frozen_at else "，议程尚未确定")
    kind = "会议纪要" if meeting.state == MeetingState.CLOSED else "会议材料"
    return Briefing(
        title=f"{meeting.title}{kind}",
        issuer=meeting.owner.name,
        date=_day(timezone.localtime(meeting.closed_at or meeting.held_at).date()),
        lead=f"{_moment(meeting.held_at)}{f'，{meeting.place}' if meeting.place else ''}"
        f"{f'，{meeting.chair}主持' if meeting.chair else ''}。{fixed}。",
        parts=tuple(part for part in parts if part.blocks),
        digest=meeting.digest,
        moment=drawn,
        key=f"meeting:{meeting.pk}",
    )


def _day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _moment(moment: dt.datetime) -> str:
    local = timezone.localtime(moment)
    return f"{_day(local.date())}{local:%H:%M}"


def _cells(*texts: str | Words | Figure) -> tuple[Words, ...]:
    return tuple(text if isinstance(text, tuple) else words(text) for text in texts)


def _figure(name: str, figures: dict[str, Any]) -> Words:
    """A kept figure, with the place that it comes from."""
    value = figures.get(name)
    if value is None:
        return words("未报" if name == "actual" else "—")
    reference = Reference(
        indicator=figures.get("name", ""),
        unit=figures.get("unit", ""),
        period=figures.get("period", ""),
        measure=figures.get("measure", ""),
        source=figures.get("source", ""),
        observation=",".join(map(str, figures.get("observations", ()))) if name == "actual" else "",
        rule={"goal": "下达目标", "expected": "时序进度", "gap_to_schedule": "应达数减完成数"}.get(name, ""),
    )
    return words(Figure(amount(value, figures), reference, Decimal(value)))


def _agenda(page: MeetingPage) -> Part:
    rows = [
        _cells(str(number), item.title, str(item.unit) if item.unit else "")
        for number, item in enumerate(page.items[:MOST_ROWS], 1)
    ]
    columns = (Column("序号", Align.CENTRE), Column("议题", Align.LEFT), Column("汇报单位", Align.CENTRE))
    called = "、".join(str(row.unit) for row in page.attendance)
    blocks: list[Any] = [Table(columns, tuple(rows), note=_left(len(page.items)))] if rows else []
    if called:
        blocks.append(words(f"参会单位：{called}。"))
    return Part("议程", tuple(blocks))


def _left(count: int) -> str:
    return f"另有 {count - MOST_ROWS} 项，见系统。" if count > MOST_ROWS else ""


def _minutes(page: MeetingPage) -> list[Part]:
    found = []
    if page.meeting.minutes:
        texts = [words(line.strip()) for line in page.meeting.minutes.split("\n") if line.strip()]
        found.append(Part("会议纪要", tuple(texts)))
    rows = [
        _cells(
            str(one.ordinal),
            one.text,
            str(one.unit or "未定"),
            "、".join(str(unit) for unit in one.supporting.all()),
            f"{one.due_on:%Y-%m-%d}" if one.due_on else "未定",
        )
        for one in page.decisions
        if one.state != DecisionState.DROPPED
    ]
    if rows:
        columns = (
            Column("序号", Align.CENTRE),
            Column("议定事项", Align.LEFT),
            Column("承办单位", Align.CENTRE),
            Column("配合单位", Align.CENTRE),
            Column("期限", Align.CENTRE),
        )
        found.append(Part("议定事项", (Table(columns, tuple(rows)),)))
    return found


def _carried(items: Sequence[AgendaItem]) -> list[Any]:
    columns = (
        Column("议定事项", Align.LEFT),
        Column("承办单位", Align.CENTRE),
        Column("期限", Align.CENTRE),
        Column("情况", Align.CENTRE),
    )
    rows = []
    for item in items[:MOST_ROWS]:
        kept = item.snapshot
        late = f"，逾期{kept['late_days']}天" if kept.get("late_days") else ""
        last = kept.get("last") or {}
        told = f"{kept.get('state_words', '')}{late}" + (f"。{last['text']}" if last.get("text") else "")
        rows.append(_cells(kept.get("text", item.title), kept.get("unit", ""), kept.get("due", ""), told))
    late = sum(1 for item in items if item.snapshot.get("late_days"))
    lead = f"以前议定、尚未办结的事项共{len(items)}项" + (f"，其中已逾期{late}项" if late else "") + "。"
    return [words(lead), Table(columns, tuple(rows), note=_left(len(items))), *_said(items)]


def _behind(items: Sequence[AgendaItem]) -> list[Any]:
    blocks: list[Any] = []
    columns = (
        Column("单位", Align.CENTRE),
        Column("目标"),
        Column("应达"),
        Column("完成"),
        Column("差"),
        Column("完成率"),
        Column("亮灯", Align.CENTRE),
    )
    for number, item in enumerate(items, 1):
        kept = item.snapshot
        counts = kept.get("counts", {})
        told = "，".join(
            f"{word}{counts[light]}个"
            for light, word in (
                ("blue", "蓝灯"),
                ("green", "绿灯"),
                ("yellow", "黄灯"),
                ("red", "红灯"),
                ("grey", "未报"),
            )
            if counts.get(light)
        )
        blocks.append(Heading(f"（{_numeral(number)}）{item.title}"))
        tier = kept.get("tier", "")
        lead = f"{kept.get('period_label', '')}{f'（{tier}）' if tier not in ('', '未分档') else ''}：{told}。"
        if whole := kept.get("whole"):
            lead += f"总体：{whole.get('reason', '')}"
        blocks.append(words(lead))
        rows = [
            (
                words(row["unit"]),
                *(_figure(name, row) for name in ("goal", "expected", "actual", "gap_to_schedule")),
                words(percent(row.get("completion"))),
                words(row["light_words"]),
            )
            for row in kept.get("rows", [])[:MOST_ROWS]
        ]
        if rows:
            measure = kept["rows"][0].get("measure", "")
            blocks.append(Table(columns, tuple(rows), measure=f"单位：{measure}" if measure else ""))
        if item.text:
            blocks.append(words(f"说明：{item.text}"))
    return blocks


def _warned(items: Sequence[AgendaItem]) -> list[Any]:
    columns = (
        Column("单位", Align.CENTRE),
        Column("预警情况", Align.LEFT),
        Column("应策措施", Align.LEFT),
        Column("承诺转好", Align.CENTRE),
    )
    rows = []
    for item in items[:MOST_ROWS]:
        kept = item.snapshot
        answer = kept.get("answer") or {}
        silent = "逾期未应策" if kept.get("late") else "未应策"
        rows.append(
            _cells(
                kept.get("unit", ""), kept.get("sentence", ""), answer.get("text") or silent, answer.get("until", "")
            )
        )
    return [Table(columns, tuple(rows), note=_left(len(items))), *_said(items)]


def _problems(items: Sequence[AgendaItem]) -> list[Any]:
    columns = (
        Column("提出单位", Align.CENTRE),
        Column("问题", Align.LEFT),
        Column("请协同单位", Align.CENTRE),
        Column("希望解决", Align.CENTRE),
    )
    rows = [
        _cells(*(item.snapshot.get(name, "") for name in ("unit", "text", "asked", "due")))
        for item in items[:MOST_ROWS]
    ]
    return [Table(columns, tuple(rows), note=_left(len(items))), *_said(items)]


def _missing(items: Sequence[AgendaItem]) -> list[Any]:
    return [words(f"{item.title}：{'、'.join(item.snapshot.get('units', []))}。") for item in items]


def _topics(items: Sequence[AgendaItem]) -> list[Any]:
    blocks: list[Any] = []
    for number, item in enumerate(items, 1):
        blocks.append(Heading(f"（{_numeral(number)}）{item.title}"))
        blocks += [words(line) for line in item.text.split("\n") if line.strip()]
    return blocks


def _said(items: Sequence[AgendaItem]) -> list[Words]:
    return [words(f"“{item.title}”：{item.text}") for item in items if item.text]


def _numeral(number: int) -> str:
    if number <= 10:
        return NUMERALS[number - 1]
    tens, ones = divmod(number, 10)
    return f"{NUMERALS[tens - 1] if tens > 1 else ''}十{NUMERALS[ones - 1] if ones else ''}"


def pack_docx(content: Briefing) -> bytes:
    """The pack as .docx, laid out as GB/T 9704-2012; the same content gives the same bytes."""
    paper = Paper()
    paper.title(content.title)
    paper.paragraph(content.lead)
    for number, part in enumerate(content.parts, 1):
        paper.heading(1, f"{_numeral(number)}、{part.heading}")
        for block in part.blocks:
            if isinstance(block, Table):
                paper.table(block)
            elif isinstance(block, Heading):
                paper.heading(2, block.text)
            else:
                paper.paragraph(block)
    paper.signature(content.issuer, content.date)
    origin = Origin(
        key=content.key,
        snapshot=content.digest,
        template="",
        moment=content.moment,
        issuer=content.issuer,
        title=content.title,
    )
    return paper.to_bytes(origin, title=content.title, author=content.issuer)


def pack_name(meeting: Meeting, ending: str) -> str:
    """What the file is called."""
    kind = "会议纪要" if meeting.state == MeetingState.CLOSED else "会议材料"
    return f"{meeting.title}{kind}.{ending}"

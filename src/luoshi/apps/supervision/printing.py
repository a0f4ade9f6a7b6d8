"""A supervision order as an official document (.docx), in the layout of ``luoshi.publishing``."""

from __future__ import annotations

import datetime as dt

from luoshi.apps.supervision.clocks import read_stages, words_of
from luoshi.apps.supervision.models import OrderStage
from luoshi.apps.supervision.queries.pages import OrderPage
from luoshi.periods import local_date
from luoshi.publishing import Align, Column, Paper, Table

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def order_file(page: OrderPage) -> bytes:
    """The order as it is given out: what is asked, of whom, by when; and room for the unit's answer.

    What was done since is not printed: the file is the order, not its history. The same order gives the same bytes.
    """
    order = page.order
    assert order.assigned_at is not None
    paper = Paper()
    paper.masthead(f"{order.owner.name}督办单", order.number, urgency="特急" if order.is_urgent else "")
    paper.title(order.title)
    paper.addressee(order.unit.name)
    for text in filter(None, (part.strip() for part in order.text.splitlines())):
        paper.paragraph(text)
    paper.table(Table((Column("项目", Align.CENTRE), Column("内容", Align.LEFT)), tuple(_rows(page))))
    paper.paragraph("请签收后抓紧办理，按期报告办理结果并附佐证材料；不能按期办结的，请在期限前说明理由、申请延期。")
    paper.signature(order.owner.name, _day(local_date(order.assigned_at)))
    return paper.to_bytes(title=f"{order.number}　{order.title}", author=order.owner.name)


def _rows(page: OrderPage) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    order = page.order
    said: list[tuple[str, str]] = [("来源", _origin(page))]
    if page.supporting:
        said.append(("协办单位", "、".join(unit.name for unit in page.supporting)))
    if order.accept_by is not None:
        said.append(("签收期限", _day(local_date(order.accept_by))))
    if order.clock is not None:
        said.append(("办理时限", f"{order.clock.name}：{words_of(read_stages(order.clock.stages))}"))
    said += [(stage.title, _due(stage)) for stage in page.stages]
    return [((name,), (text,)) for name, text in said]


def _origin(page: OrderPage) -> str:
    label = page.order.get_origin_display()
    return f"{label}：{page.order.origin_text}" if page.order.origin_text else label


def _due(stage: OrderStage) -> str:
    """The day that was first set, what became of it, and how it was counted."""
    first, now = local_date(stage.first_due_at), local_date(stage.due_at)
    text = f"{_day(now)}前" + (f"（原为{_day(first)}）" if now != first else "")
    return f"{text}；{stage.note}" if stage.note else text


def _day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"

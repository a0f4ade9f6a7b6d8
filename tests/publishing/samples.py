"""A bulletin of an invented prefecture, as the tests of this package make it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from luoshi.publishing import (
    Chart,
    Column,
    Field,
    FieldKind,
    Figure,
    Origin,
    Paper,
    Paragraphs,
    Reference,
    Series,
    Table,
    Value,
    words,
)

MOMENT = dt.datetime(2026, 10, 9, 8, 30, tzinfo=dt.UTC)
UNITS = ("永安县", "石屏县", "大理市", "云岭高新区")
ORIGIN = Origin("bulletin:7", "a" * 64, "b" * 64, MOMENT, "云岭州人民政府办公室", "九月重点目标完成情况的通报")

FIELDS = (
    Field("标题", FieldKind.TEXT, "通报的标题"),
    Field("总体", FieldKind.TEXT, "全州完成情况"),
    Field("分县情况", FieldKind.PARAGRAPHS, "各县市的情况"),
    Field("完成表", FieldKind.TABLE, "各县市完成情况表"),
    Field("完成图", FieldKind.CHART, "各县市完成率的图"),
    Field("名单", FieldKind.LIST, "未报单位", (("单位", "单位名称"), ("次数", "未报次数"))),
    Field("有未报", FieldKind.FLAG, "有单位未报"),
)


def figure(text: str, unit: str = "云岭州", indicator: str = "固定资产投资") -> Figure:
    return Figure(text, Reference(indicator, unit, "2026-09", "亿元", "统计", f"观测:{unit}"), Decimal(text))


def values(total: str = "123.4", rates: tuple[str, ...] = ("40.5", "47.2", "54.0", "61.3")) -> dict[str, Value]:
    rows = [(unit, figure(rate, unit, "完成率")) for unit, rate in zip(UNITS, rates, strict=True)]
    return {
        "标题": "云岭州人民政府办公室关于九月重点目标完成情况的通报",
        "总体": words("全州完成固定资产投资", figure(total), "亿元。"),
        "分县情况": Paragraphs(tuple(words(unit, "完成率为", rate, "%。") for unit, rate in rows)),
        "完成表": Table(
            (Column("单位"), Column("完成率（%）")),
            tuple((words(unit), words(rate)) for unit, rate in rows),
            title="固定资产投资完成率",
            measure="单位：%",
        ),
        "完成图": Chart("完成率", UNITS, (Series("完成率", tuple(rate for _, rate in rows)),), measure="%"),
        "名单": [{"单位": "石屏县", "次数": figure("2", "石屏县", "未报次数")}],
        "有未报": True,
    }


def template(*lines: str) -> bytes:
    """A template with these paragraphs below its masthead and title."""
    paper = Paper()
    paper.masthead("云岭州人民政府办公室文件", "云政办通〔2026〕12号")
    paper.title("{{ 标题 }}")
    for line in lines:
        paper.paragraph(line)
    return paper.to_bytes()


def whole_template() -> bytes:
    return template(
        "{{ 总体 }}",
        "{{ 分县情况 }}",
        "{{ 完成表 }}",
        "{{ 完成图 }}",
        "{%p if 有未报 %}",
        "未报：{% for 行 in 名单 %}{{ 行.单位 }}（{{ 行.次数 }}次）{% if not loop.last %}、{% endif %}{% endfor %}。",
        "{%p endif %}",
    )


def document() -> Paper:
    """A whole document put together by hand, three pages long."""
    paper = Paper()
    paper.masthead("云岭州人民政府办公室文件", "云政办通〔2026〕12号")
    paper.title("云岭州人民政府办公室关于2026年9月重点目标任务完成情况的通报")
    paper.addressee("各县市人民政府，云岭高新区管委会，州直各委、办、局")
    paper.paragraph(words("截至9月底，固定资产投资完成", figure("123.4"), "亿元。"))
    paper.heading(1, "一、总体情况")
    paper.heading(2, "（一）投资")
    paper.paragraph("落实" * 500)
    paper.attachments(("重点目标任务完成情况表", "未报单位名单"))
    paper.signature("云岭州人民政府办公室", "2026年10月9日")
    paper.imprint("云岭州人民政府办公室", "2026年10月9日", "州委办公室，州人大常委会办公室，州政协办公室")
    return paper

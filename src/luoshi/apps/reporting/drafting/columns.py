"""What a printed column heading asks for: the type, unit of measure and help of a form's column."""

from __future__ import annotations

import re
from collections.abc import Sequence

from luoshi.forms.model import Choice, Field, FieldType

COUNTER = re.compile(r"^(?:序\s*号|编\s*号|序|NO\.?)$", re.IGNORECASE)
_BRACKET = re.compile(r"[（(]([^（）()]*)[)）]")
#: Units of measure that make a column one of figures. Counted things are whole numbers.
_MEASURES = re.compile(
    r"^(?:亿元|万元|元|万美元|亿美元|%|％|‰|万?人次|万?吨|万?亩|公顷|平方(?:公里|千米|米)|万?千瓦时?|公里|千米|户|个|家|次|人|项|件|宗|场|万人|万户)$"
)
_COUNTED = re.compile(r"^(?:户|个|家|次|人|项|件|宗|场|人次)$")
_AMOUNT = re.compile(
    r"投资额?$|金额$|资金$|产值$|收入$|支出$|数量$|户数$|个数$|人数$|次数$|增速$|增长率?$|完成率$|占比$|比例$"
)
_CODE = re.compile(r"(?:平台|项目)代码$|项目代码")
_FROM_TO = re.compile(r"起\s*止\s*(?:时间|日期)$")
_MONTH_HINT = re.compile(r"年\s*月$|年月")
_DATE = re.compile(r"(?:时间|日期)$")
_PROJECT = re.compile(r"项目名称$")
_ENTERPRISE = re.compile(r"(?:企业|公司|业主|单位)[^名]*名称$|(?:企业|公司)$")
_UNIT = re.compile(r"(?:牵头|责任|主管|填报)(?:单位|部门)$|建设地(?:点)?$|所在(?:地|县市)$|县（?市）?$")
_EVIDENCE = re.compile(r"佐证|附件|证明材料|扫描件")
_QUOTED = re.compile(r"[“「]([^“”「」]{1,12})[”」]")
_CUMULATIVE = re.compile(r"1\s*[—\-–~至]\s*\d*\s*月|累计")


def is_cumulative(title: str) -> bool:
    """Whether a table's title or head says that its figures run from January on (1—N月, 累计)."""
    return _CUMULATIVE.search("".join(title.split())) is not None


def column_of(heading: str, key: str, *, notes: str = "", hint: str = "", cumulative: bool = False) -> list[Field]:
    """The column(s) that a printed heading asks for; none for the counter (序号), two for 起止时间.

    ``notes`` are the remarks below the table: a remark that names the heading beside quoted words lists its answers.
    ``hint`` is what the form prints in the column (“填到县市、高新区”), its help. ``cumulative`` marks amounts.
    """
    label = "".join(heading.split()).replace("/", "：")
    if not label or COUNTER.match(label):
        return []
    brackets = _BRACKET.findall(label)
    name = _BRACKET.sub("", label)
    unit = next((text for text in brackets if _MEASURES.match(text)), "")
    help_text = "；".join(filter(None, [hint, *(text for text in brackets if text != unit and len(text) >= 4)]))
    shown = label.replace(f"（{unit}）", "").replace(f"({unit})", "") if unit else label
    made = Field(key=key, label=shown[:60], type=FieldType.TEXT, help=help_text[:200])

    def typed(kind: FieldType, **more: object) -> list[Field]:
        values = {"key": made.key, "label": made.label, "type": kind, "help": made.help, **more}
        return [Field(**values)]  # type: ignore[arg-type]

    if unit:
        kind = FieldType.INTEGER if _COUNTED.match(unit) else FieldType.NUMBER
        unit = unit.replace("％", "%")
        rising = cumulative and kind is FieldType.NUMBER and unit.endswith("元") and "到位" in name
        return typed(kind, unit_of_measure=unit, decimals=0 if kind is FieldType.INTEGER else 2, cumulative=rising)
    if _CODE.search(name):
        return typed(FieldType.PROJECT_CODE)
    if _FROM_TO.search(name):
        stem = _FROM_TO.sub("", name)
        return [
            Field(key=f"{key}a", label=f"{stem}开始日期", type=FieldType.DATE, help=made.help),
            Field(key=f"{key}b", label=f"{stem}结束日期", type=FieldType.DATE),
        ]
    if _DATE.search(name):
        month = any(_MONTH_HINT.search(text) for text in brackets)
        return typed(FieldType.PERIOD if month else FieldType.DATE)
    if answers := _answers(name, notes):
        return typed(FieldType.CHOICE, choices=tuple(Choice(f"c{n}", text) for n, text in enumerate(answers, start=1)))
    if _EVIDENCE.search(name):
        return typed(FieldType.FILE)
    if _PROJECT.search(name) and not name.startswith("签约"):
        return typed(FieldType.PROJECT, required=True)
    if _UNIT.search(name):
        return typed(FieldType.UNIT)
    if _ENTERPRISE.search(name):
        return typed(FieldType.ENTERPRISE)
    if _AMOUNT.search(name):
        return typed(FieldType.NUMBER)
    return typed(FieldType.TEXT, required=name.endswith("名称"))


def _answers(name: str, notes: str) -> Sequence[str]:
    """Quoted words that the notes give as the answers of a column: ``处于“在谈”或“已签约”项目进展阶段``."""
    stem = re.sub(r"情况$|状态$|阶段$", "", name)
    if len(stem) < 3 or not re.search(r"进展|状态|阶段|类别|类型|方式|是否", name):
        return ()
    for match in re.finditer(r"((?:[“「][^“”「」]{1,12}[”」][、或和/]*){2,6})([^。；;]{0,16})", "".join(notes.split())):
        if stem in match[2] or stem in "".join(notes.split())[max(0, match.start() - 16) : match.start()]:
            return tuple(dict.fromkeys(_QUOTED.findall(match[1])))
    return ()

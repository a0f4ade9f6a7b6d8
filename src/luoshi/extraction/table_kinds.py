"""Which of the known kinds a table is, told by the names of its columns, its first column and its title."""

from __future__ import annotations

import re
from collections.abc import Sequence

from luoshi.extraction.grids import is_numeric

#: All kinds, from the most particular to the most general.
KINDS = (
    "report-form",
    "scoring",
    "rewards",
    "project-list",
    "unit-period",
    "group-indicator",
    "unit-indicator",
    "task-unit",
)

_FORM = re.compile(r"(?:[月季年周旬]报表|报表|统计表|情况表|登记表|申报表|申请表|汇总表)(?:[(（][^()（）]*[)）])?$")
_POINTS = re.compile(r"分值|得分|计分|评分|扣分|赋分|权重")
_RULED = re.compile(r"指标|标准|方法|办法|内容|细则|项目")
_REWARD = re.compile(r"奖励|奖补|补助|补贴|资助")
_REWARD_RULE = re.compile(r"标准|金额|条件|对象|额度|上限|方式")
_PROJECT = re.compile(r"(?:项目|工程|实事)名?称?$|项目")
_PROJECT_FACT = re.compile(r"投资|建设(?:地点|内容|规模|性质|年限)|业主|开工")
_PERIOD = re.compile(r"季度|上半年|下半年|全年|[1-9一二三四五六七八九十]\d?月|20\d\d年")
_GROUP = re.compile(r"(?:组|专班|平台|工作队|指挥部)(?:[(（][^()（）]*[)）])?$")
_UNIT_NAME = re.compile(r"(?:县|市|区|州|乡|镇|街道|管委会|局|委|办|部|厅|院|公司|中心)(?:[(（][^()（）]*[)）])?$")
_UNIT_HEAD = re.compile(r"县市|县区|市县|地区|区域|单位|部门|州市|乡镇")
_TASK = re.compile(r"任务|措施|内容|行动|指标|事项|工作|目标|工程")
_DUTY = re.compile(r"部门|单位|牵头|责任|配合")
_TOTAL = re.compile(r"(?:合|小|总|共)\s*计|全[州市县省区]")
_COUNTER = re.compile(r"序\s*号|编\s*号")


def table_kind(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """One of ``KINDS``, or an empty text where the table is none of them."""
    names = ["".join(name.split()) for name in header]
    joined = "|".join(names)
    if not any(any(cell for cell in row) for row in rows) or (_is_form(title) and is_blank(rows)):
        return "report-form" if names and any(names) else ""
    if _POINTS.search(joined) and _RULED.search(joined):
        return "scoring"
    if _REWARD.search(joined) and _REWARD_RULE.search(joined):
        return "rewards"
    if any(_PROJECT.search(name) for name in names[:3]) and _PROJECT_FACT.search(joined):
        return "project-list"
    label = 1 if len(names) > 1 and _COUNTER.search(names[0]) else 0
    firsts = ["".join(row[label].split()) for row in rows if len(row) > label and row[label].strip()]
    firsts = [text for text in firsts if not _TOTAL.match(text)] or firsts
    figures = _figure_columns(rows, label)
    units = _share(firsts, _UNIT_NAME) >= 0.6 or (bool(names) and _UNIT_HEAD.search(names[label]) is not None)
    if figures and _share(firsts, _GROUP) >= 0.6:
        return "group-indicator"
    if units and figures:
        periods = sum(_PERIOD.search(names[c]) is not None for c in figures)
        return "unit-period" if periods >= 2 and 2 * periods >= len(figures) else "unit-indicator"
    if _TASK.search(joined) and _DUTY.search(joined):
        return "task-unit"
    return ""


def is_blank(rows: Sequence[Sequence[str]]) -> bool:
    """Whether rows only tell how a form is filled in: nothing stands in their first column, and no figures in them."""
    return all(row and not row[0].strip() and not any(is_numeric(cell) for cell in row if cell) for row in rows)


def _is_form(title: str) -> bool:
    return _FORM.search("".join(title.split())) is not None


def _share(texts: Sequence[str], pattern: re.Pattern[str]) -> float:
    return sum(pattern.search(text) is not None for text in texts) / len(texts) if texts else 0.0


def _figure_columns(rows: Sequence[Sequence[str]], label: int) -> list[int]:
    """The columns that hold figures for the most part."""
    found = []
    for c in range(label + 1, max((len(row) for row in rows), default=0)):
        cells = [row[c] for row in rows if c < len(row) and row[c].strip()]
        if cells and sum(map(is_numeric, cells)) >= 0.6 * len(cells):
            found.append(c)
    return found

"""What a column of a list of projects says, by its heading."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

#: Fact → (label, headings that mean it, without what stands in brackets).
FACTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "label": ("序号", ("序号", "编号")),
    "name": ("项目名称", ("项目名称", "项目", "名称", "建设项目名称", "项目名")),
    "code": ("项目代码", ("项目代码", "投资项目代码", "项目统一代码", "代码")),
    "unit": ("建设地点", ("建设地点", "地点", "所在地", "县市", "县市区", "所属县市", "实施地点", "地区")),
    "lead": ("牵头单位", ("牵头部门", "牵头单位", "责任单位", "责任部门", "主管部门", "行业主管部门")),
    "owner": ("项目业主", ("项目业主", "业主", "业主单位", "建设单位", "项目单位", "实施主体")),
    "leader": ("包保领导", ("包保领导", "包联领导", "挂钩领导", "联系领导", "责任领导")),
    "industry": ("产业", ("产业", "所属产业", "产业类别", "行业")),
    "chain": ("产业链", ("产业链", "所属产业链")),
    "nature": ("投资性质", ("投资性质", "投资主体", "资金性质")),
    "sort": ("项目类别", ("项目类别", "项目类型", "类别")),
    "total": ("总投资", ("总投资", "计划总投资", "投资总额", "概算总投资", "估算总投资")),
    "year": ("年度计划投资", ("年度计划投资", "本年计划投资", "当年计划投资", "今年计划投资", "年计划投资")),
    "start": ("计划开工", ("计划开工", "计划开工时间", "计划开工日期", "开工时间", "拟开工时间")),
    "finish": ("计划竣工", ("计划竣工", "计划竣工时间", "计划竣工日期", "竣工时间", "计划完工时间")),
    "state": ("所在库", ("所在库", "项目库", "项目阶段", "项目状态", "建设阶段")),
    "longitude": ("经度", ("经度", "东经")),
    "latitude": ("纬度", ("纬度", "北纬")),
    "content": ("建设内容", ("建设内容", "建设规模及内容", "主要建设内容", "建设内容及规模")),
}
NEEDED = ("name", "unit")
_BRACKETS = re.compile(r"[（(].*?[)）]")
_YEAR = re.compile(r"^20\d\d年度?")
_MONEY = re.compile(r"(亿元|万元|元)")


def plain(heading: str) -> str:
    """A heading without width, blanks and brackets."""
    return _BRACKETS.sub("", "".join(unicodedata.normalize("NFKC", heading).split()))


def money_unit(heading: str) -> str:
    """The unit of money that a heading names; ten thousand yuan where it names none: what plans print."""
    found = _MONEY.search(unicodedata.normalize("NFKC", heading))
    return found[1] if found else "万元"


def guess(header: Sequence[str]) -> dict[str, str]:
    """Heading → fact, each fact once, the first heading that means it."""
    found: dict[str, str] = {}
    for heading in header:
        text = plain(heading)
        dated = _YEAR.sub("年度", text)
        for fact, (_, names) in FACTS.items():
            if fact not in found.values() and (text in names or (fact == "year" and dated in names)):
                found[heading] = fact
                break
    return found


def labels() -> list[tuple[str, str]]:
    """(fact, label) in order: what a column may be."""
    return [(fact, label) for fact, (label, _) in FACTS.items()]

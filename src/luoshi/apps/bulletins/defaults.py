"""The templates that ship, one for each kind: written by code, so that they are the same bytes on every machine."""

from __future__ import annotations

from functools import lru_cache

from luoshi.apps.bulletins.models import BulletinKind
from luoshi.publishing import Paper

_K = BulletinKind
#: (heading, fields that stand below it, each a paragraph; a tuple's second part is the condition under which).
_PARTS: dict[BulletinKind, tuple[tuple[str, tuple[str, ...], str], ...]] = {
    _K.PROGRESS: (
        ("一、总体情况", ("总体情况", "目标完成表", "完成率图"), ""),
        ("二、分项情况", ("分项情况",), ""),
        ("三、存在问题", ("存在问题", "滞后未报表"), ""),
        ("四、工作要求", ("工作要求",), ""),
    ),
    _K.COMMENTARY: (
        ("一、总体情况", ("总体情况", "目标完成表", "完成率图"), ""),
        ("二、分项评述", ("分项情况", "单位进度表"), ""),
        ("三、存在问题", ("存在问题", "滞后未报表"), ""),
        ("四、形势研判", ("形势研判",), ""),
        ("五、工作要求", ("工作要求",), ""),
    ),
    _K.RANKING: (
        ("一、排名情况", ("排名情况", "完成率图", "排名表"), ""),
        ("二、工作要求", ("工作要求",), ""),
    ),
    _K.LATENESS: (
        ("一、报送情况", ("报送情况", "报送情况表"), ""),
        ("二、点名通报", ("点名通报", "未报迟报表"), ""),
        ("三、工作要求", ("工作要求",), ""),
    ),
    _K.SUPERVISION: (
        ("一、督查情况", ("督查情况", "督办情况表", "督办图"), ""),
        ("二、存在问题", ("存在问题", "督办件表"), ""),
        ("三、工作要求", ("工作要求",), ""),
    ),
}
_OPENINGS = {
    _K.PROGRESS: "现将{{ 期别 }}目标任务完成情况通报如下。",
    _K.COMMENTARY: "现将{{ 期别 }}目标任务完成情况评述如下。",
    _K.RANKING: "现将{{ 期别 }}目标完成率排名情况通报如下。",
    _K.LATENESS: "现将{{ 期别 }}报表报送情况通报如下。",
    _K.SUPERVISION: "现将{{ 期别 }}督查督办情况通报如下。",
}
BLOCKS = frozenset(
    (
        "目标完成表",
        "单位进度表",
        "滞后未报表",
        "排名表",
        "主要指标表",
        "完成率图",
        "未报迟报表",
        "报送情况表",
        "督办情况表",
        "督办件表",
        "督办图",
    )
)


@lru_cache(maxsize=len(BulletinKind))
def default_template(kind: BulletinKind) -> bytes:
    """The template of a kind."""
    return _template(kind, _OPENINGS[kind])


@lru_cache(maxsize=2)
def score_template(*, beside: bool = False) -> bytes:
    """The template of a ranking by points: the kind's, opened otherwise. ``beside``: with other figures of the units.
    Bulletins without them are made from the same bytes as ever."""
    first, last = _PARTS[_K.RANKING]
    parts = (first, ("二、主要指标", ("主要指标表",), ""), ("三、工作要求", *last[1:])) if beside else (first, last)
    return _template(_K.RANKING, "现将{{ 期别 }}考核得分排名情况通报如下。", parts)


def _template(
    kind: BulletinKind, opening: str, parts: tuple[tuple[str, tuple[str, ...], str], ...] | None = None
) -> bytes:
    paper = Paper()
    paper.masthead("{{ 发文机关标志 }}", "{{ 文号 }}")
    paper.title("{{ 标题 }}")
    paper.addressee("{{ 主送 }}")
    paper.paragraph(opening)
    for heading, fields, _ in parts or _PARTS[kind]:
        paper.heading(1, heading)
        for field in fields:
            text = f"{{{{ {field} }}}}"
            if field in BLOCKS:
                paper.placeholder(text)
            else:
                paper.paragraph(text)
    paper.paragraph("本通报数据截至{{ 数据时点 }}。")
    paper.signature("{{ 印发单位 }}", "{{ 成文日期 }}")
    paper.imprint("{{ 印发机关 }}", "{{ 印发日期 }}", "{{ 抄送 }}", copies_if="有抄送")
    return paper.to_bytes()

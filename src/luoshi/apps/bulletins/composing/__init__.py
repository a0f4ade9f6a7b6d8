"""A snapshot put into words, tables and charts: no database, no clock; the same input gives the same document."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from luoshi.apps.bulletins.composing import counts, rankings, target_tables, targets
from luoshi.apps.bulletins.composing.base import Head, Scene, Texts, plain_json, reattached
from luoshi.apps.bulletins.models import BulletinKind
from luoshi.apps.bulletins.snapshot import Json
from luoshi.publishing import Field, FieldKind, Paragraphs, Value, Words
from luoshi.publishing.paper import copies_lines, title_lines

__all__ = (
    "COMMON",
    "FIELDS",
    "MAIN",
    "OFFICE",
    "TEXT_KEYS",
    "Head",
    "Scene",
    "blocks_of",
    "compose",
    "plain_json",
    "texts_of",
)

_K, _F = BulletinKind, FieldKind
#: Plain texts that may be set by hand beside the blocks.
MAIN, COPIES, OFFICE = "主送", "抄送", "印发机关"
TEXT_KEYS = (MAIN, COPIES, OFFICE)

COMMON = (
    Field("发文机关标志", _F.TEXT, "版头红字，如“云岭州人民政府办公室文件”"),
    Field("标题", _F.TEXT, "通报的标题"),
    Field("文号", _F.TEXT, "发文字号；签发前为“（文号待编）”"),
    Field("签发人", _F.TEXT, "签发人姓名；签发前为空"),
    Field("主送", _F.TEXT, "主送单位，以全角冒号结尾"),
    Field("抄送", _F.TEXT, "版记中的抄送；没有抄送单位时为空"),
    Field("有抄送", _F.FLAG, "有抄送单位"),
    Field("印发单位", _F.TEXT, "印发单位全称，用于落款"),
    Field("印发机关", _F.TEXT, "版记中的印发机关，可另外设定"),
    Field("成文日期", _F.TEXT, "如“2026年10月9日”；签发前留空格"),
    Field("印发日期", _F.TEXT, "版记中的日期，末尾带“印发”二字"),
    Field("期别", _F.TEXT, "如“2026年9月”"),
    Field("截至", _F.TEXT, "如“截至2026年9月底”"),
    Field("数据时点", _F.TEXT, "数据截至的时刻，如“2026年10月8日17时”"),
    Field("方案", _F.TEXT, "所通报方案的名称"),
)
_TARGETS = (
    Field("目标完成表", _F.TABLE, "全州（市）各项目标的完成情况"),
    Field("单位进度表", _F.TABLE, "各单位达到进度、滞后、未报的目标项数"),
    Field("滞后未报表", _F.TABLE, "慢于进度和未报的单位目标，逐项列出"),
    Field("排名表", _F.TABLE, "各单位按完成率排位，附上期位次"),
    Field("完成率图", _F.CHART, "各项目标（只有一项时为各单位）的完成率"),
    Field("有滞后", _F.FLAG, "有慢于进度的单位"),
    Field("有未报", _F.FLAG, "有未报的单位"),
)

_BESIDE = Field("主要指标表", _F.TABLE, "考核排名所附的主要指标，如招商项目、到位资金；没有的为空")


def _texts(*named: tuple[str, str]) -> tuple[Field, ...]:
    return tuple(Field(name, _F.PARAGRAPHS, meaning) for name, meaning in named)


_DEMANDS = ("工作要求", "对有关单位的要求，可改写")
_OVERALL = ("总体情况", "多少目标、多少单位达到进度")
_ONE_BY_ONE = ("分项情况", "每项目标一段")
_PROBLEMS = ("存在问题", "滞后较多的、未报的、与上期相比的变化")
#: What a template of each kind may name.
FIELDS: dict[BulletinKind, tuple[Field, ...]] = {
    _K.PROGRESS: (*COMMON, *_texts(_OVERALL, _ONE_BY_ONE, _PROBLEMS, _DEMANDS), *_TARGETS),
    _K.COMMENTARY: (
        *COMMON,
        *_texts(_OVERALL, _ONE_BY_ONE, _PROBLEMS, ("形势研判", "全年预计数和把握"), _DEMANDS),
        *_TARGETS,
    ),
    _K.RANKING: (*COMMON, *_texts(("排名情况", "每项目标居前、居后的单位"), _DEMANDS), *_TARGETS, _BESIDE),
    _K.LATENESS: (
        *COMMON,
        *_texts(("报送情况", "应报、按时、迟报、未报份数和单位"), ("点名通报", "未报、迟报单位，附今年累计"), _DEMANDS),
        Field("未报迟报表", _F.TABLE, "未报、迟报的报表，逐份列出"),
        Field("报送情况表", _F.TABLE, "各单位应报、按时、迟报、未报份数"),
        Field("有未报", _F.FLAG, "有单位未报"),
        Field("有迟报", _F.FLAG, "有单位迟报"),
    ),
    _K.SUPERVISION: (
        *COMMON,
        *_texts(("督查情况", "督办件数和承办单位办理情况"), ("存在问题", "逾期件和被退回的单位"), _DEMANDS),
        Field("督办情况表", _F.TABLE, "各单位督办件办理情况"),
        Field("督办件表", _F.TABLE, "督办件逐件列出"),
        Field("督办图", _F.CHART, "各单位已销号、在办、逾期件数"),
        Field("有逾期", _F.FLAG, "有逾期未办结的督办件"),
    ),
}
_BLOCKS: dict[BulletinKind, Callable[[Scene], Texts]] = {
    _K.PROGRESS: targets.blocks,
    _K.COMMENTARY: targets.blocks,
    _K.RANKING: targets.blocks,
    _K.LATENESS: counts.lateness_blocks,
    _K.SUPERVISION: counts.orders_blocks,
}
_VALUES: dict[BulletinKind, Callable[[Scene], dict[str, Value]]] = {
    _K.PROGRESS: target_tables.values,
    _K.COMMENTARY: target_tables.values,
    _K.RANKING: target_tables.values,
    _K.LATENESS: counts.lateness_values,
    _K.SUPERVISION: counts.orders_values,
}


def blocks_of(snapshot: Json) -> Texts:
    """The texts as written from the figures."""
    if "ranking" in snapshot:
        return rankings.blocks(Scene(snapshot))
    return _BLOCKS[BulletinKind(snapshot["kind"])](Scene(snapshot))


def texts_of(snapshot: Json, texts: Mapping[str, str]) -> dict[str, tuple[Words, ...]]:
    """The texts as they will be printed: those worded otherwise with their numbers joined to the figures again."""
    found = {}
    for key, block in blocks_of(snapshot).items():
        found[key] = reattached(texts[key], block) if key in texts else tuple(block)
    return found


def compose(snapshot: Json, texts: Mapping[str, str], head: Head) -> dict[str, Value]:
    """All values of a template of the snapshot's kind."""
    scene, kind = Scene(snapshot), BulletinKind(snapshot["kind"])
    owner = snapshot["owner"]["name"]
    date = _day(head)
    copies = texts.get(COPIES) or "，".join(head.copies)
    values: dict[str, Value] = {
        "发文机关标志": f"{owner}文件",
        "标题": title_lines(head.title),
        "文号": head.number or "（文号待编）",
        "签发人": head.signatory,
        "主送": _colon(texts.get(MAIN) or "，".join(head.main) or "各有关单位"),
        "抄送": copies_lines(copies) if copies else "",
        "有抄送": bool(copies),
        "印发单位": owner,
        "印发机关": texts.get(OFFICE) or owner,
        "成文日期": date,
        "印发日期": f"{date}印发",
        "期别": scene.period.label,
        "截至": scene.when,
        "数据时点": f"{scene.moment:%Y}年{scene.moment.month}月{scene.moment.day}日{scene.moment.hour}时",
        "方案": "、".join(f"《{plan['title']}》" for plan in snapshot["plans"]),
    }
    values |= {key: Paragraphs(lines) for key, lines in texts_of(snapshot, texts).items()}
    values |= rankings.values(scene) if "ranking" in snapshot else _VALUES[kind](scene)
    values.setdefault(_BESIDE.name, Paragraphs(()))
    return {field.name: values[field.name] for field in FIELDS[kind]}


def _day(head: Head) -> str:
    if head.dated is None:
        return "　　年　月　日"
    return f"{head.dated.year}年{head.dated.month}月{head.dated.day}日"


def _colon(text: str) -> str:
    return text if text.endswith("：") else f"{text}："

"""What a target's wording says about its indicator: a guess, shown and editable before anything is created."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from rapidfuzz import fuzz

from luoshi.apps.indicators.models import Direction, IndicatorKind, TimeAggregation, UnitAggregation
from luoshi.apps.plans.words import RATIOS

#: Likeness (0–100) of two names from which a person should look whether they mean the same.
ALIKE = 76.0

#: Why a kind was guessed of which the wording says nothing.
NO_CLUE = "没有别的线索"

_RATE_NAMES = ("增速", "增长率", "降幅", "下降率", "增幅")
_RANK = re.compile(r"前\s*[\d一二三四五六七八九十]+\s*[名位]|第\s*[\d一二三四五六七八九十]+\s*[名位]|位次|排名|名次")
_GROWS = re.compile(r"净增|新增|完成|投资|收入|产值|增加值|到位|引进|签约|开工|竣工|实现|销售额|总额|改造|培训|发放")
_STANDS = re.compile(r"保有|达到|达|总量|户数|存量|累计达|拥有|建成区|年末|期末|总人口|覆盖|万户|主体")
_LOWER = re.compile(r"下降|降低|减少|压减|压缩|压降|能耗|事故|失业|死亡|投诉|化解|超标|排放|流失|降至|不超过|控制在")
_WHOLE = frozenset("户家个人名次项件宗处所座辆台套")
_FILLER = re.compile(r"[\s·、，,。（）()“”\"'\-—_/：:]|全年|全州|全市|全县|年度|指标|数值")


@dataclass(frozen=True, slots=True)
class Guess:
    """What a wording suggests, with the words that led to it."""

    kind: IndicatorKind
    direction: Direction
    unit_aggregation: UnitAggregation
    time_aggregation: TimeAggregation
    decimals: int
    because: str


def _kind(name: str, unit_of_measure: str, text: str, change: bool) -> tuple[IndicatorKind, str]:
    if unit_of_measure in RATIOS:
        return IndicatorKind.RATE, f"计量单位是“{unit_of_measure}”"
    # Of the whole sentence only what says rank is taken: it is long, and speaks of other things too.
    if found := _RANK.search(name) or (unit_of_measure in ("名", "位") and _RANK.search(text)):
        return IndicatorKind.RANK, f"写作“{found[0]}”"
    if found := re.search(r"净增|新增", name):
        return IndicatorKind.CUMULATIVE, f"名称里有“{found[0]}”"
    if found := _GROWS.search(name):
        return IndicatorKind.CUMULATIVE, f"名称里有“{found[0]}”"
    if change:
        return IndicatorKind.CUMULATIVE, "目标写的是变化量"
    if found := _STANDS.search(name):
        return IndicatorKind.STOCK, f"名称里有“{found[0]}”"
    return IndicatorKind.STOCK, NO_CLUE


def guess(name: str, unit_of_measure: str, *, text: str = "", change: bool = False, falling: bool = False) -> Guess:
    """What kind of indicator a target of this wording has, and how its values add up."""
    kind, because = _kind(name, unit_of_measure, text, change)
    lower = falling or kind is IndicatorKind.RANK or bool(_LOWER.search(name))
    over_units, over_time = {
        IndicatorKind.STOCK: (UnitAggregation.SUM, TimeAggregation.LAST),
        IndicatorKind.FLOW: (UnitAggregation.SUM, TimeAggregation.SUM),
        IndicatorKind.CUMULATIVE: (UnitAggregation.SUM, TimeAggregation.LAST),
        IndicatorKind.RATE: (UnitAggregation.NONE, TimeAggregation.NONE),
        IndicatorKind.RANK: (UnitAggregation.NONE, TimeAggregation.LAST),
    }[kind]
    whole = kind is IndicatorKind.RANK or counted(unit_of_measure)
    return Guess(
        kind, Direction.LOWER if lower else Direction.HIGHER, over_units, over_time, 0 if whole else 2, because
    )


def indicator_name(name: str, unit_of_measure: str, *, change: bool, falling: bool) -> str:
    """What to call the indicator of a target: of a growth in percent the rate (投资 增长8% → 投资增速)."""
    if not change or unit_of_measure not in RATIOS or name.endswith(_RATE_NAMES):
        return name
    return f"{name.removesuffix('增长').removesuffix('下降')}{'降幅' if falling else '增速'}"


def counted(unit_of_measure: str) -> bool:
    """Whether a unit of measure counts things of which there is no fraction: 户, 个, 家, 人, 项, …"""
    return unit_of_measure[-1:] in _WHOLE


def plain(name: str) -> str:
    """A name without what says nothing: width, blanks, marks, words such as 全年."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return _FILLER.sub("", text) or text


def alike(one: str, other: str) -> float:
    """How alike two plain names are, 0–100; one that contains the other is taken to be like it."""
    score = fuzz.ratio(one, other)
    if min(len(one), len(other)) >= 4 and (one in other or other in one):
        score = max(score, 85.0)
    return score

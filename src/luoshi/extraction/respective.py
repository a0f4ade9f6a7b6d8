"""Lists that give several indicators one number each: ``甲和乙的增速分别达到24%和26%``, ``上述两项指标分别…``."""

from __future__ import annotations

import re
from dataclasses import replace

from luoshi.extraction import indicators
from luoshi.extraction.model import Comparator, TargetDraft

_JOINT = re.compile(r"、|以及|和|及|与")
# Where the end that all names of a list share may begin: 城镇和农村|常住居民人均可支配收入.
_TAIL = re.compile(
    r"常住|居民|人均|领域|储备|排放|减排|重点|行业|产业|企业|项目|工程|设施|产品|增加值|总产值|产值|收入|投资|贷款|存款|消费|到位"
    r"|面积|产量|总量|用量|占|比重|比例|覆盖|普及|达标|合格|完成率|增速|增长率|增幅|营业额|销售额|营业收入|经费|资金"
)
# A name that ends so is whole: 道路完好率、桥梁检测率.
_MEASURE = re.compile(r"(?:率|占比|比重|比例|收入|投资|产值|增加值|面积|人数|[产总用运存]量|销售额|营业额|贷款|经费)$")
_ABOVE = re.compile(r"(?:上述|以上|前述|这)[一二两三四五六七八九十\d]{1,2}[项个类](?:主要)?指标$")
_BARE = re.compile(
    r"[，,、 \u3000]*(?:同比|比上年)?分别(?:比上年|同比|较上年|比\d{4}年)?(?:增长|下降|提高|增加|减少|降低)"
)
_YEARS = re.compile(r"(?:20\d\d[ ]?年?(?:底|末)?(?:、|和|及|与)){1,5}20\d\d[ ]?年(?:底|末)?[^，,。；;\d]{0,12}分别")
_SHARED_BOUNDS = {Comparator.AT_LEAST: "以上", Comparator.ABOUT: "左右"}
_TIER_END = indicators.TIER


def share_out(found: list[TargetDraft]) -> list[TargetDraft]:
    """Give each number of a list with 分别 its own indicator, and all of them the bound that the list prints once."""
    result = list(found)
    index = 0
    while index < len(result):
        first = result[index]
        if "分别" in first.text:
            group = [index]
            while group[-1] + 1 < len(result) and result[group[-1] + 1].indicator.endswith(first.indicator):
                group.append(group[-1] + 1)
            if len(group) > 1:
                _name(result, group)
                _bound(result, group)
                _date(result, group)
            index = group[-1]
        index += 1
    return result


def _name(result: list[TargetDraft], group: list[int]) -> None:
    first = result[group[0]]
    levels = [target for target in result[: group[0]] if not target.change][-len(group) :]
    if first.change and _BARE.match(first.text) and len(levels) == len(group):
        # 接待游客600万人次、旅游花费65亿元，分别增长10%、12%: the names stand with the levels
        names: list[str] | None = [indicators.without_verb(target.indicator) for target in levels]
    elif _ABOVE.search(first.indicator):
        names = [target.indicator for target in levels] if len(levels) == len(group) else None
    else:
        names = split_indicator(first.indicator, len(group))
    for place, name in zip(group, names or (), strict=bool(names)):
        result[place] = replace(result[place], indicator=name, change=first.change, direction=first.direction)


def _date(result: list[TargetDraft], group: list[int]) -> None:
    """``2027年、2028年分别建成300个、700个``: each number has its own year."""
    listed = _YEARS.search(result[group[0]].text)
    years = re.findall(r"20\d\d", listed[0]) if listed else []
    if len(years) == len(group):
        for place, year in zip(group, years, strict=True):
            result[place] = replace(result[place], year=int(year))


def _bound(result: list[TargetDraft], group: list[int]) -> None:
    """``分别达到95%和90%以上``: 以上 (or 左右) at the list's end holds for all of it."""
    last = result[group[-1]]
    word = _SHARED_BOUNDS.get(last.comparator, "")
    if not word or not last.text.endswith(word):
        return
    for place in group[:-1]:
        if result[place].comparator is Comparator.EQUAL:
            reason = f"{result[place].reason}；与列举末项的“{word}”同"
            result[place] = replace(result[place], comparator=last.comparator, reason=reason)


def split_indicator(head: str, count: int) -> list[str] | None:
    """The indicators of ``甲和乙的增速``, one for each of ``count`` numbers; ``None`` where they do not match."""
    names = [name for name in _JOINT.split(head) if name]
    if len(names) < count:
        return None
    names = names[-count:]
    if all(_TIER_END.search(name) for name in names):  # 甲收入人代会目标、奋斗目标: tiers of one indicator
        subject = _TIER_END.sub("", names[0])
        return [names[0], *(subject + name for name in names[1:])]
    tail = _shared_tail(names)
    if not tail:
        return names
    stems = [*names[:-1], names[-1].removesuffix(tail)]
    return [stem + tail.removeprefix("的") for stem in stems]


def _shared_tail(names: list[str]) -> str:
    """What the last name prints for all of them; empty where each name is whole."""
    before, last = names[-2], names[-1]
    whole = _MEASURE.search(before)
    if whole and len(before) > len("产量"):
        at = last.find(whole[0])  # 产业投资和民间投资的增速: what follows the like word is shared
        return last[at + len(whole[0]) :] if at > 0 else ""
    match = next((m for m in _TAIL.finditer(last) if m.start() >= 1), None)
    if match and not _TAIL.search(before):
        return last[match.start() :]
    if "的" in last[1:]:
        return last[last.index("的", 1) :]
    measure = re.search(r"(?:增速|增长率|增幅|占比|比重|产值|增加值|总量|面积|年产值|覆盖率)$", last)
    return measure[0] if measure and not _TAIL.search(before) else ""

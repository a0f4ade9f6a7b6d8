"""The words around a number that say how it is to be met: 不低于, 以上, 达到, 控制在…以内, 左右, 增长, 下降…"""

from __future__ import annotations

import re
from dataclasses import dataclass

from luoshi.extraction.model import Comparator

# Read from the right end of what stands before the number; the longest word wins.
_BEFORE = {
    Comparator.AT_LEAST: (
        "不低于 不少于 不小于 不得低于 不得少于 不应低于 不应少于 应不低于 至少 最少 最低 突破 不下于 不弱于 "
        "力争突破"
    ),
    Comparator.MORE: "超过 高于 大于 多于 超出 超额 超 争取超过",
    Comparator.AT_MOST: (
        "不超过 不高于 不大于 不多于 不得超过 不得高于 不得多于 不应超过 不能超过 最多 最多不超过 最高不超过 "
        "最高 控制在 控制到 严格控制在 压减到 压减至 压缩到"
        " 压缩至 缩短到 缩短至 缩短为 缩减至 前 进入前 排名前 位居前 位列前 不突破 限于 下降到 下降至 降到 "
        "降至 降低到 降低至 下降为"
    ),
    Comparator.LESS: "低于 少于 小于 不足 不到",
    Comparator.ABOUT: "约 大约 近 接近 约为 达到约 约达",
    Comparator.EQUAL: (
        "达到 达 达成 完成 实现 为 是 保持在 稳定在 保持 提高到 提高至 提升到 提升至 增加到 增加至 增至 增到 升至 "
        "增长到 增长至 扩大到 扩大至 上升到 上升至 发展到 发展至"
        " 力争达到 达到了 各达到 分别达到 分别达 分别为 各 共 总计 合计 维持在 在 至 到 要达 要达到 要有"
    ),
}  # fmt: skip
_WORDS = {word: comparator for comparator, words in _BEFORE.items() for word in words.split()}
_BEFORE_RE = re.compile(
    "(?:"
    + "|".join(sorted(_WORDS, key=len, reverse=True))
    + r")(?:[ \u3000]?(?:要|均|各|再|约|分别|每[日天]))?[ \u3000]?[：:]?[ \u3000]?$"
)
_LAST = re.compile("(?:" + "|".join(sorted(_WORDS, key=len, reverse=True)) + ")")
# 至少组织召开1次: the verb stands between the comparing word and the number
_APART = re.compile(r"(至少|最少|不少于|最多|不超过)[^，,。；;、：:\d]{1,8}$")
# 不低于衔接资金的70%: a share of something
_SHARE_OF = re.compile(r"(不低于|不少于|不超过|不高于|超过|高于|低于|达到|达)[^，,。；;、：:\d%]{2,30}的[ \u3000]?$")
_AFTER = re.compile(
    r"[ \u3000]?(?:(?P<least>以上|及以上|或以上|以上的|起)|(?P<most>以内|之内|及以内|以下|及以下|内)"
    r"|(?P<about>左右|上下))(?![年月日])"
)
_GROW = re.compile(
    r"净增长?|新增|增加|增长|提高|提升|上升|增速|增幅|增长率|涨幅|扩大|递增|增收|增配|增产|多收|前移|进位"
)
_FALL = re.compile(r"下降|降低|减少|压减|压缩|缩短|下调|削减|降幅|精简|降|递减|减轻|后移|压降|核减")
# A change word that names the level reached (提高到, 降至), or that is a part of the thing measured (减排量, 增加值).
_LEVEL = re.compile(r"[到至为]")
_NO_CHANGE = re.compile(
    r"自然增长率|增加值|新增长点|增长点|增长极|减排|减灾|减贫|减负|降解|降水|降雨|起降|升降|下降式|增值|增殖|增量"
    r"|改造提升|提升工程|提升行动|提升项目|提升改造|提质|提升年|增收致富|减税降费|降费|扩大开放|新增长"
)
# 新增 and 净增 open a phrase (新增…企业20户), the others stand right before their number (增长15%)
_ADDED = frozenset({"新增", "净增", "净增长"})
_RAISES = frozenset({"提高", "提升", "扩大"})
_THING = re.compile(r"[\u4e00-\u9fff”]{2,}?(?<!不低于)(?<!不少于)(?<!超过)(?<!达到)(?<!以上)$")
_SHARE = re.compile(r"(?:比例|占比|比重|[^效功]率)(?:不低于|不少于|达到|达|为|不超过|控制在)?[ \u3000]?$")
_NEAR = 10
_LIST = re.compile(r"[、等]")
PROSPECT = re.compile(r"增速|增幅|增长率|涨幅|降幅|下降率|降低率|提高率")
_BASELINE = re.compile(
    r"(?:较|比|与|相比)[^，,。；;]{1,14}?(?:同期|上年|去年|年均|平均水平|相比|年|水平|年度|年底|期)?(?=增|提|上"
    r"|下|降|减|翻|高|低|实际|净|扩)"
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a number is to be met. ``word`` is what was read, ``before`` where the words before the number begin,

    ``end`` where the words after it end; ``explicit`` tells that a comparing word is printed.
    """

    comparator: Comparator
    word: str
    before: int
    end: int
    explicit: bool
    reached: bool


@dataclass(frozen=True, slots=True)
class Change:
    """Whether a number is a change; ``word`` is the word that says so."""

    change: bool
    direction: str
    word: str


def compare(text: str, low: int, start: int, end: int) -> Comparison:
    """Read the comparing words around the number at ``start`` to ``end``; ``low`` is as far as it may look back."""
    before = max(low, start - 12)
    match = _BEFORE_RE.search(text[before:start])
    begin = before + match.start() if match else start
    word = match[0].strip() if match else ""
    left = _LAST.match(word)
    comparator = _WORDS[left[0]] if left else None
    if left and left[0] == "前" and text[begin - 1 : begin] in tuple("底末日年月旬"):
        word, comparator, begin = "", None, start  # 4月底前40座: a deadline, no rank
    reached = comparator is Comparator.EQUAL
    if comparator is None and (apart := _APART.search(text, before, start)):
        word, comparator = apart[1], _WORDS[apart[1]]
    if (
        comparator is None
        and text[end - 1 : end] == "%"
        and (share := _SHARE_OF.search(text[max(low, start - 40) : start]))
    ):
        word, comparator = share[1], _WORDS[share[1]]
        begin = max(low, start - 40) + share.start()
        reached = comparator is Comparator.EQUAL
    after = _AFTER.match(text, end)
    stop = end
    if after and after["most"] == "内" and comparator is not Comparator.AT_MOST:
        after = None
    if after:
        stop = after.end() - (1 if after[0].endswith("的") else 0)
        suffix = after[0].strip().removesuffix("的")
        if after["about"]:
            comparator = Comparator.ABOUT
        elif after["least"] and suffix != "起":
            comparator = Comparator.AT_LEAST
        elif after["most"]:
            comparator = Comparator.AT_MOST
        word = f"{word}…{suffix}" if word else suffix
    explicit = comparator is not None and comparator is not Comparator.EQUAL
    return Comparison(comparator or Comparator.EQUAL, word, begin, stop, explicit, reached)


def measure_change(head: str, word: str, unit: str = "%") -> Change:
    """Whether the words before a number of ``unit`` make it a change; ``head`` ends with the comparing ``word``."""
    plain = _NO_CHANGE.sub(lambda match: "＿" * len(match[0]), head)
    found: tuple[int, str, str] | None = None
    for pattern, direction in ((_GROW, "up"), (_FALL, "down")):
        for match in pattern.finditer(plain):
            behind = plain[match.end() :]
            if match[0] in _RAISES and unit not in ("%", "‰", "百分点", "倍", "位") and _THING.match(behind):
                continue  # 改造提升高标准农田18万亩, “提升行动”覆盖10个县: something else is counted
            if match[0] in _ADDED and _SHARE.search(behind):
                continue  # 新增指标用于…的比例不低于40%: a share of what is added
            near = (
                (len(behind) <= _NEAR and not _LIST.search(behind))
                or PROSPECT.fullmatch(match[0])
                or match[0] in _ADDED
            )
            if near and (found is None or match.start() >= found[0]):
                found = (match.start(), direction, match[0])
    if found is None:
        return Change(False, "up", "")
    at, direction, change_word = found
    behind = plain[at + len(change_word) :].lstrip()
    if not PROSPECT.fullmatch(change_word) and _LEVEL.match(behind):
        return Change(False, "up", "")
    return Change(True, direction, change_word)

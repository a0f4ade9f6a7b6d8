"""Which numbers are targets: the rules that accept one, each under its own name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from luoshi.extraction import exclusions
from luoshi.extraction.clauses import Clauses, split_clauses
from luoshi.extraction.comparators import Change, Comparison
from luoshi.extraction.dimensions import MEASURES
from luoshi.extraction.model import Comparator
from luoshi.extraction.numerals import Quantity
from luoshi.extraction.verbs import COMMITS, DELIVERS, OUTCOME, RAISED, VERB
from luoshi.extraction.words import words
from luoshi.extraction.years import Times

_CADENCE = re.compile(r"每(?:个)?(?:年|季度?|月|半年|周|旬|日|天)")
_EACH = re.compile(
    r"每(?:个|一)?(?:县|市|区|乡|镇|村|州|园区|企业|家|人|名|条|项|户|重点|产业|[^，。；]{0,6}(?:县|市|部门|单位))"
    r"|各[^，。；、]{0,8}(?:县|市|区|乡镇|部门|单位)|原则上|至少"
)
_SIZE = re.compile(r"(?:打造|建设|建)(?:成为|成|为)[ \u3000]?$")
# 每千人口医师数3.1人: a measure and its number alone, in a paragraph that sets targets
_MEASURED = re.compile(
    r"[\w）)]{3,}"
    r"(?:[^效功]率|人数|户数|次数|师数|士数|数量|床位数|浓度|强度|寿命|占比|比重|比例|拥有量|产量)[ \u3000]?$"
)
# the sentence goes on with what plainly is a target: 按时办结率98%，群众满意率达到95%以上
_GOAL_AHEAD = re.compile(
    r"[，,；;、][^。；;\d]{0,24}?(?:不低于|不少于|不超过|达到|控制在|力争|确保|提高|提升|压减|增长|突破|下降)[^。；;，,\d]{0,12}\d"
    r"|[，,；;、][^。；;\d]{0,24}\d[\d.]*(?:%|％|个百分点|[^，,。；;、\d]{1,4})(?:以上|以内|以下)"
)
_ITS_MEASURE = re.compile(
    r"[，,、 \u3000]*(?:总|年|首期)?(?:产量|产值|产出|单产|面积|总量|规模)(?:约|达|为)?[ \u3000]?"
)
_ALONE = re.compile(r"[ \u3000]?(?:[，,。；;]|$)")
_WEIGHT = re.compile(r"占[ \u3000]?$")
_COUNTS = frozenset(words("个 家 户 所 名 项 座 条 处 支 件 元 % 人 亩 次 倍"))
NO_CHANGE = Change(False, "up", "")


@dataclass(frozen=True, slots=True)
class Scene:
    """What is found once for a paragraph: its borders, the times it names, where it speaks of rewards."""

    text: str
    clauses: Clauses
    times: Times
    rewards: tuple[int, ...]


def set_scene(text: str) -> Scene:
    """Look over a paragraph once."""
    return Scene(text, split_clauses(text), Times(text), exclusions.reward_places(text))


@dataclass(frozen=True, slots=True)
class Reading:
    """A number as read: where its words begin, whether it was taken as a target, and what a list goes on to share."""

    quantity: Quantity
    low: int
    comparison: Comparison
    taken: bool
    part: bool
    respective: bool
    verb: str
    change: Change
    subject: str


@dataclass(frozen=True, slots=True)
class Situation:
    """What a number is judged by.

    ``low`` is where its words begin, ``continues`` tells that it goes on a list, ``part`` that it breaks down the
    target before it (其中…), ``follows`` that the paragraph has set targets already,
    ``neighbour`` is the target right before it, if any.
    """

    scene: Scene
    quantity: Quantity
    low: int
    comparison: Comparison
    change: Change
    continues: bool
    part: bool
    follows: bool
    neighbour: Reading | None


def accept(situation: Situation) -> str | None:
    """The rule by which a number is a target, ``None`` where it is none."""
    text, quantity, low = situation.scene.text, situation.quantity, situation.low
    comparison, change = situation.comparison, situation.change
    head = text[low : quantity.start]
    commits = bool(COMMITS.search(head))
    if quantity.chinese and quantity.unit == "元" and not text[quantity.start : quantity.end].endswith("元"):
        return "target-size" if _SIZE.search(head) else None
    if _excluded(situation, head, commits):
        return None
    near_verb = VERB.search(head)
    if (
        not near_verb
        and _ALONE.match(text, quantity.end)
        and (
            (_MEASURED.search(head) and (situation.follows or _GOAL_AHEAD.match(text, quantity.end)))
            or (situation.neighbour and _ITS_MEASURE.fullmatch(head))  # 播种面积42万亩，产量14.8万吨
        )
    ):
        return "target-measure"
    if quantity.chinese and quantity.form == "number":
        return _chinese(text, quantity, head, comparison, near_verb is not None)
    if OUTCOME.match(text, comparison.end) and quantity.unit not in MEASURES and "等" not in head[-2:]:
        return "target-outcome"
    if quantity.unit == "次" and not comparison.explicit and (_CADENCE.search(head) or not near_verb):
        return None
    if exclusions.statistic(quantity) and not (commits or comparison.explicit or change.change):
        return None
    return _by_words(situation, commits) or _by_place(situation, near_verb is not None)


def _by_words(situation: Situation, commits: bool) -> str | None:
    """The rule that a word before or behind the number gives: comparison, change, 达到, 力争."""
    text, quantity = situation.scene.text, situation.quantity
    comparison, change = situation.comparison, situation.change
    if quantity.form == "doubling":
        return "target-doubling"
    if comparison.explicit:
        return "target-comparator"
    if (
        change.change
        and change.word in RAISED
        and quantity.unit not in MEASURES | {"位", "倍"}
        and not exclusions.NOT_NOUN.match(text, quantity.end)
    ):
        return None  # 提高36种大病…保障水平: the number belongs to the noun
    if change.change:
        return "target-change"
    if comparison.reached:
        return "target-reached"
    if commits:
        return "target-commitment"
    if exclusions.share_duty(text, quantity):
        return "target-share"
    return None


def _by_place(situation: Situation, near_verb: bool) -> str | None:
    """The rule for a plain number: behind a verb of delivery, in a list, in the brackets that break a target down."""
    text, quantity, neighbour = situation.scene.text, situation.quantity, situation.neighbour
    if situation.part and not near_verb:
        return "target-breakdown"
    if quantity.unit in MEASURES and not near_verb and not situation.continues:
        return None
    if near_verb:
        return "target-verb"
    if situation.continues and neighbour and (neighbour.quantity.unit == quantity.unit or neighbour.verb):
        return "target-list"
    if (
        neighbour
        and neighbour.quantity.unit == quantity.unit
        and text[situation.low - 1 : situation.low] in ("（", "(")
    ):
        return "target-breakdown"
    return None


def _excluded(situation: Situation, head: str, commits: bool) -> bool:
    """Whether the number is a reward, a threshold, a condition, a size, a weight or a mere sum of what is listed."""
    text, quantity, comparison = situation.scene.text, situation.quantity, situation.comparison
    firm = comparison.explicit or situation.change.change or (commits and "等" not in head)
    return (
        exclusions.rewarded(text, situation.scene.clauses, situation.scene.rewards, quantity)
        or exclusions.threshold(text, quantity, comparison.end)
        or exclusions.conditional(head)
        or _WEIGHT.search(head) is not None
        or (exclusions.duration(quantity, head) and not situation.continues)
        or (
            exclusions.project_size(text[situation.low : comparison.before])
            # 总投资不低于1500亿元 is a floor to be met; with 的 or a noun behind it, it is a project's size
            and not (comparison.before < quantity.start and comparison.explicit)
        )
        or exclusions.enlisted(text, situation.low, quantity)
        or exclusions.sums_up(text, situation.low, quantity, firm)
    )


def _chinese(text: str, quantity: Quantity, head: str, comparison: Comparison, verb: bool) -> str | None:
    """Chinese numerals commit only where they count things to be delivered (``每县建立一个…``, ``两个…园区``)."""
    if quantity.unit not in _COUNTS:
        return None
    if comparison.explicit or (comparison.reached and quantity.unit in MEASURES):
        about = comparison.comparator is Comparator.ABOUT and comparison.before < quantity.start
        return None if about or (quantity.unit == "次" and quantity.value == 1) else "target-chinese"
    if not verb or not DELIVERS.search(head):
        return None
    if quantity.value == 1 and not _EACH.search(head):
        return None
    if quantity.unit != "个" and quantity.value == 1:
        return "target-chinese" if _EACH.search(head) else None
    return "target-chinese"

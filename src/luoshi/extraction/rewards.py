"""Rules of reward: who gets how much for what, up to which cap, once or every year.

``对首次升规的企业，一次性奖励15万元`` is no target; it is a rule that someone must apply. In each part of a sentence
(。 or ；) an amount or a share counts where its clause gives (奖励, 补助, 贴息…); a cap (最高, 累计不超过) belongs
to the rule before it. Money that is only raised or set aside (安排资金3亿元), what was paid already, sums that a
programme needs as a whole, and fines are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from luoshi.extraction.certainty import certainty
from luoshi.extraction.clauses import Clauses, split_clauses
from luoshi.extraction.model import Paragraph, RewardDraft
from luoshi.extraction.numerals import Quantity, scan_quantities

_WORD = re.compile(r"奖励|奖补|补助|补贴|资助|贴息|奖金|给予")
_CAP = re.compile(r"(?:最高(?:不超过|可达|给予|奖励|补助|补贴|限额)?|不超过|不高于|上限(?:为|是)?|封顶)[ \u3000]?$")
_ONCE = re.compile(r"一次性")
_YEARLY = re.compile(r"每年|按年|逐年|年度|连续[两三四五2-5]年(?:给予|奖励|补)")
_PAST = re.compile(r"已|累计发放|截至|去年|上年|兑现")
_RAISED = re.compile(r"(?:安排|统筹|整合|争取|筹措|下达|投入|规模(?!以[上下]))[^，,。；;]{0,16}$")
_FINE = re.compile(r"罚|扣|追缴|收回")
#: 州财政安排专项资金3000万元，对…: whence the money comes is no condition.
_SET_ASIDE = re.compile(r"^[^，,]{0,40}(?:安排|统筹|设立|筹措|整合)[^，,]{0,40}[，,](?=对|凡)")
#: What makes a sum a rule rather than a budget.
_RULED = re.compile(r"对|凡|给予|予以|一次性|每|均|按|最高|不超过|标准|的[，,]|各")
#: Further amounts of the same rule: 5万元、10万元, 省级50万元.
_STEP = re.compile(r"[、，,和及\s]*(?P<level>[\u4e00-\u9fff]{0,8}?)")
_TAIL = re.compile(r"(?:以内)?的?(?:奖励|奖补|补助|补贴|奖金|标准|支持)?")
#: What a share is taken of: 按设备投资额的10%给予补助, 贷款额2%.
_BASIS = re.compile(
    r"(?:按照?|依据)(?:不超过)?(?P<basis>[^，,。；;按照]{2,24}?)[ \u3000]?的?[ \u3000]?(?:不超过|最高)?[ \u3000]?$"
)
#: Where in a rule the condition ends and the giving begins.
_GIVING = re.compile(
    r"[，,]?(?:按照?|平?均?每[年户家个人亩台辆]|再|各(?=奖|给|补)|分别|最高|单次|一次性|给予|予以|奖励|奖补|补助|补贴|资助|贴息)"
)
_LABEL = re.compile(r"[\s（(]*[\d一二三四五六七八九十①-⑳]{1,3}[)）.．、][\s]*")
_MONEY, _SHARES = frozenset({"元", "美元"}), frozenset({"%", "‰"})
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule while its part of the sentence is read: from where to where it is printed, and what it says."""

    start: int
    end: int
    amount: Quantity | None
    cap: Quantity | None
    condition: str
    level: str
    word: str
    recurrence: str


def find_rewards(paragraph: Paragraph) -> list[RewardDraft]:
    """The rules of reward of a paragraph, in order; rows of tables have none (tables are read by their own rules)."""
    text = paragraph.text
    if paragraph.style == "row" or not _WORD.search(text):
        return []
    clauses = split_clauses(text)
    quantities = [q for q in scan_quantities(text) if q.unit.partition("/")[0] in _MONEY | _SHARES]
    found = []
    for before, end in pairwise((-1, *clauses.part_ends, len(text))):
        start = before + 1
        ruled = _WORD.search(text, start, end) and _RULED.search(text, start, end)
        if ruled and not _PAST.search(text, start, end):
            inside = [q for q in quantities if start <= q.start < end and not clauses.quoted(q.start)]
            found += [_draft(paragraph, rule) for rule in _rules(text, clauses, start, inside)]
    return found


def _rules(text: str, clauses: Clauses, start: int, quantities: list[Quantity]) -> Iterator[_Rule]:
    """The rules of one part of a sentence that begins at ``start``."""
    label = _LABEL.match(text, start)
    at = label.end() if label else start
    rule: _Rule | None = None
    for quantity in quantities:
        low, high = clauses.clause(quantity.start)
        low = max(low, at, quantity.start - _LONGEST)
        high = min(high, quantity.end + _LONGEST)
        head = text[low : quantity.start]
        if _FINE.search(head) or _RAISED.search(head):
            continue
        cap = _CAP.search(head) is not None and quantity.unit not in _SHARES
        if cap and rule is not None and rule.cap is None:
            repeated = rule.recurrence or _recurrence(text[rule.end : quantity.end])
            rule, at = replace(rule, cap=quantity, end=quantity.end, recurrence=repeated), quantity.end
            continue
        alike = rule is not None and rule.amount is not None and rule.amount.unit == quantity.unit
        step = _STEP.fullmatch(text, at, quantity.start) if alike else None
        gives = _WORD.search(text, low, high) is not None
        if step is None and (not gives or (quantity.unit in _SHARES and not _BASIS.search(head))):
            continue
        tail = _TAIL.match(text, quantity.end, high)
        end = tail.end() if tail else quantity.end
        begin = max(at, end - _LONGEST)
        amount, most = (None, quantity) if cap else (quantity, None)
        if rule is not None:
            yield rule
        if step is not None and rule is not None:
            rule = replace(rule, start=begin, end=end, amount=amount, cap=most, level=step["level"])
        else:
            printed = _SET_ASIDE.sub("", text[begin:end])
            word = _given(text[begin:high])
            rule = _Rule(begin, end, amount, most, _condition(printed), "", word, _recurrence(printed))
        at = end
    if rule is not None:
        yield rule


def _condition(text: str) -> str:
    """Who is given something for what: the words before the giving."""
    giving = _GIVING.search(text)
    return text[: giving.start()].strip(" \u3000，,、：:") if giving else ""


def _given(clause: str) -> str:
    """What is given, by its word."""
    return next((match[0] for match in _WORD.finditer(clause) if match[0] != "给予"), "给予")


def _recurrence(text: str) -> str:
    return "once" if _ONCE.search(text) else "yearly" if _YEARLY.search(text) else ""


def _draft(paragraph: Paragraph, rule: _Rule) -> RewardDraft:
    start = rule.start
    while paragraph.text[start] in " \u3000，,、":
        start += 1
    basis = None
    if rule.amount is not None and rule.amount.unit in _SHARES:
        basis = _BASIS.search(paragraph.text[start : rule.amount.start])
    return RewardDraft(
        text=paragraph.text[start : rule.end],
        spans=paragraph.spans(start, rule.end),
        rule="reward",
        certainty=certainty("reward"),
        reason=f"写明{rule.word}的{'金额或比例' if rule.amount else '上限'}",
        word=rule.word,
        condition=rule.condition + rule.level,
        amount=rule.amount.value if rule.amount else None,
        amount_max=rule.amount.value_max if rule.amount else None,
        unit=rule.amount.unit if rule.amount else "元",
        basis=basis["basis"] if basis else "",
        cap=rule.cap.value if rule.cap else None,
        recurrence=rule.recurrence,
    )

"""Quantified commitments: numbers that someone must reach, keep or not exceed in the plan's own period.

One pass over the paragraph's numbers; around each, the words before and behind decide. What is no target (rewards,
thresholds, past results, names, durations) is in ``exclusions``; how it is to be met in ``comparators``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from luoshi.extraction import exclusions, indicators
from luoshi.extraction.acceptance import NO_CHANGE, Reading, Scene, Situation, accept, set_scene
from luoshi.extraction.certainty import certainty
from luoshi.extraction.clauses import Clauses, anchored
from luoshi.extraction.comparators import PROSPECT, Change, Comparison, compare, measure_change
from luoshi.extraction.model import Comparator, Context, Paragraph, TargetDraft
from luoshi.extraction.names import looks_like_unit
from luoshi.extraction.numerals import Quantity, scan_quantities, with_conjunctions
from luoshi.extraction.respective import share_out
from luoshi.extraction.verbs import COMMITS, DELIVERS, DONE, INTENDS, LEADING, OUTCOME, OWN_VERB, STRONG, VERBS
from luoshi.extraction.years import target_year

_HAS_NUMBER = re.compile(r"[0-9０-９一二两三四五六七八九十百千万亿翻半]")
_JOINED = re.compile(r"[ \u3000]?(?:、|和|及|与|以及|或)[ \u3000]?")
_OPENS = re.compile(
    r"(?:支持|推动|加快|促进)?([\u4e00-\u9fff]{2,16}?)"
    r"(?:要|加快|着力|重点|围绕|按照|大力|聚焦|突出|依托|坚持)"
)
_INTRODUCED = re.compile(r"(?:分别(?:为|是|达到?)|目标(?:为|是))$")
_PART_REACH = 80
_ADDED = re.compile(r"^(?:新增|净增)")
_YEAR_BEHIND = re.compile(r"[ ]?(?:要|须|应|力争)?(?:在|于)[ ]?(20\d\d)[ ]?年[^，,。；;]{0,10}前")
_QUOTED = re.compile(r"“[^”]{0,20}”")
_COUNTED_UNITS = frozenset({"个工作日", "个小时", "百分点"})
_PEOPLE = frozenset({"人", "人次", "名", "户"})
_PART_END = re.compile(r"[ \u3000]?(?:以上|左右)?(?:$|[，,、。；;）)])")
_BORDER = re.compile(r"[，,。；;、：:和及与并（(]")
# How far back the words of a number, its sentence and the noun before it are read: keeps the whole linear.
_HEAD_REACH, _SENTENCE_REACH, _NOUN_REACH = 240, 600, 60


def find_targets(paragraph: Paragraph, context: Context) -> list[TargetDraft]:
    """All targets of a paragraph, in order; rows of tables have none (tables are read by their own rules)."""
    if paragraph.style == "row" or not _HAS_NUMBER.search(paragraph.text):
        return []
    text = with_conjunctions(paragraph.text)
    quantities = _with_shared_units(text, scan_quantities(text))
    if not quantities or _is_table(text, quantities):
        return []
    scene = set_scene(text)
    found: list[TargetDraft] = []
    before: Reading | None = None
    last: Reading | None = None
    wholes: dict[str, Reading] = {}
    for index, quantity in enumerate(quantities):
        following = quantities[index + 1] if index + 1 < len(quantities) else None
        if exclusions.not_a_figure(text, quantity, scene.clauses):
            continue
        low, listed = _head_start(text, scene.clauses, quantity, before)
        low = max(low, quantity.start - _HEAD_REACH)
        kind = "人" if quantity.unit in _PEOPLE else quantity.unit
        read, draft = _read(paragraph, context, scene, quantity, following, low, listed, last, wholes.get(kind))
        if draft:
            found.append(draft)
            last = wholes[kind] = read
        elif before and before.taken and not _beyond(text, before, quantity):
            continue  # 5个千亿级…: the number belongs to the noun of the one before
        before = read
    return share_out(found)


def _is_table(text: str, quantities: list[Quantity]) -> bool:
    """Whether a paragraph is all numbers: a flattened table, not a sentence."""
    return len(quantities) > 50 and len(quantities) * 6 > len(text)


def _beyond(text: str, before: Reading, quantity: Quantity) -> bool:
    """Whether a border parts a number from the noun of the number before it."""
    end = before.comparison.end
    return quantity.start - end > _NOUN_REACH or _BORDER.search(text, end, quantity.start) is not None


def _with_shared_units(text: str, quantities: list[Quantity]) -> list[Quantity]:
    """Numbers with a unit; ``5、10和20个`` gives its unit and scale to all three."""
    result: list[Quantity] = []
    following: Quantity | None = None
    for quantity in reversed(quantities):
        if not quantity.unit and following and _JOINED.fullmatch(text, quantity.end, following.start):
            scale = following.scale if quantity.scale == 1 else Decimal(1)
            quantity = replace(quantity, unit=following.unit, value=quantity.value * scale, scale=scale)
        elif (  # 5个和3个工作日
            quantity.unit == "个"
            and following
            and following.unit in _COUNTED_UNITS
            and _JOINED.fullmatch(text, quantity.end, following.start)
        ):
            quantity = replace(quantity, unit=following.unit)
        following = quantity
        if quantity.unit:
            result.append(quantity)
    return result[::-1]


def _head_start(text: str, clauses: Clauses, quantity: Quantity, before: Reading | None) -> tuple[int, bool]:
    """Where the words that belong to a number begin, and whether it continues a list (``…15个以上、…3户以上``)."""
    low, _ = clauses.clause(quantity.start)
    if (
        low > 1
        and quantity.start - low < 2
        and text[low - 1] in "：:"
        and _INTRODUCED.search(text, max(0, low - 7), low - 1)
    ):
        low, _ = clauses.clause(low - 2)  # 分别为：195亿元、200亿元…
    if low and text[low - 1] in "）)":  # 保护产品(含…)2个以上: the bracket belongs to the noun
        opening = max(text.rfind("（", max(0, low - 60), low - 1), text.rfind("(", max(0, low - 60), low - 1))
        if opening >= 0 and (before is None or before.quantity.start < opening or not before.taken):
            low, _ = clauses.clause(opening)
    if before is None or before.comparison.end <= low:
        return low, False
    joined = _JOINED.match(text, before.comparison.end, quantity.start)
    if joined:
        return joined.end(), True
    if before.taken:
        # 2家至3家链主企业、5家龙头企业: the noun behind the number before ends at the first mark of a list
        mark = max(
            text.rfind("、", before.comparison.end, quantity.start),
            text.rfind("和", before.comparison.end, quantity.start),
        )
        return (mark + 1, True) if mark >= 0 else (before.comparison.end, True)
    return before.low, False


def _read(
    paragraph: Paragraph,
    context: Context,
    scene: Scene,
    quantity: Quantity,
    following: Quantity | None,
    low: int,
    listed: bool,
    before: Reading | None,
    whole: Reading | None,
) -> tuple[Reading, TargetDraft | None]:
    text, clauses, times = scene.text, scene.clauses, scene.times
    comparison = compare(text, low, quantity.start, quantity.end)
    comparison = _behind_bracket(text, comparison)
    head = text[low : comparison.before]
    change = measure_change(text[low : quantity.start], comparison.word, quantity.unit)
    if quantity.unit == "%" and (rate := exclusions.RATE_NOUN.match(text, comparison.end)) and "增" in rate["noun"]:
        change = Change(True, "up", rate["noun"])
    verb = _leading_verb(head) or (_leading_verb(text[low : quantity.start]) if not head.strip() else "")
    neighbour = before if before and _adjacent(text, before, low) else None
    inherits = False
    part = whole is not None and _is_part(text, whole, comparison, quantity)
    outcome = OUTCOME.match(text, comparison.end) or text[low - 1 : low] in ("；", ";")
    own = OWN_VERB.match(indicators.tidy(head).removeprefix("累计")) or STRONG.search(_QUOTED.sub("", head))
    if (
        neighbour
        and not own
        and not change.change
        and not comparison.reached
        and comparison.before == quantity.start
        and not outcome
    ):
        shares = listed or neighbour.quantity.unit == quantity.unit
        verb, inherits = (neighbour.verb, bool(neighbour.verb)) if shares else (verb, False)
        if neighbour.comparison.word == "至少" and listed and not comparison.explicit:
            comparison = replace(comparison, comparator=Comparator.AT_LEAST, word="至少", explicit=True)
        if inherits and neighbour.change.change and neighbour.verb in neighbour.change.word + "新增净增":
            change = neighbour.change
    if part and whole and whole.change.word in ("新增", "净增") and whole.quantity.unit == quantity.unit:
        change = whole.change
    if (
        neighbour
        and not change.change
        and neighbour.quantity.unit == quantity.unit
        and PROSPECT.fullmatch(neighbour.change.word)
        and not indicators.tidy(head)
    ):
        change = neighbour.change  # 增速不低于7.5%，力争9%
    continued = neighbour is not None and listed and not head.strip() and neighbour.respective
    if continued and neighbour:
        if not comparison.explicit:
            level = neighbour.comparison
            comparison = replace(
                comparison, comparator=level.comparator, explicit=level.explicit, reached=level.reached
            )
        change = neighbour.change
    rule = accept(
        Situation(scene, quantity, low, comparison, change, listed or inherits, part, before is not None, neighbour)
    )
    sentence = max(clauses.sentence(quantity.start)[0], quantity.start - _SENTENCE_REACH)
    year = target_year(text, sentence, low, quantity.start, times, context)
    if behind := _YEAR_BEHIND.match(text, comparison.end):
        year = int(behind[1])  # 20亿元在2027年一季度前到位
    if rule and year is not None and context.year is not None and year < context.year:
        rule = None
    delivered = comparison.explicit and DELIVERS.search(head) and not head.endswith("实现")
    if rule and not delivered and exclusions.attribute(text, quantity, following):
        rule = None
    if rule and not INTENDS.search(text, sentence, quantity.start) and times.past(quantity.start, context):
        rule = None
    if rule and exclusions.past(head, text[_since_commitment(text, sentence, low) : low]):
        rule = None
    name, end = _indicator(
        text, clauses, quantity, low, comparison, verb, inherits, neighbour or (whole if part else None)
    )
    taken = rule is not None
    respective = continued or "分别" in head or "分别" in text[low : quantity.start]
    read = Reading(quantity, low, comparison, taken, part, respective, verb, change if taken else NO_CHANGE, name)
    if rule is None:
        return read, None
    start = anchored(paragraph, _text_start(text, low, comparison.before), quantity.start)
    return read, TargetDraft(
        text=paragraph.text[start:end],
        spans=paragraph.spans(start, end),
        rule=rule,
        certainty=certainty(rule),
        reason=_reason(text, quantity, comparison, change),
        indicator=name or "未写明",
        comparator=comparison.comparator,
        value=quantity.value,
        value_max=quantity.value_max,
        unit=quantity.unit,
        change=change.change,
        direction=change.direction,
        year=year,
    )


def _is_part(text: str, before: Reading, comparison: Comparison, quantity: Quantity) -> bool:
    """Whether a number breaks down the target before it: ``…110个，其中甲类6个、乙类18个``."""
    gap = quantity.start - before.comparison.end
    if quantity.chinese or not 0 < gap <= _PART_REACH or not _PART_END.match(text, comparison.end):
        return False
    between = text[before.comparison.end : quantity.start]
    opened, word, _ = between.partition("其中")
    if word:
        return len(opened) <= 30 and not re.search(r"[。；;]", between[len(opened) :] + opened[:-1])
    short = len(between) <= 24 and not comparison.reached and len(re.findall(r"[，,]", between)) <= 1
    return before.part and short and not re.search(r"[。；;（(]", between)


def _behind_bracket(text: str, comparison: Comparison) -> Comparison:
    """``60户(批零50户、房地产5户)以上``: the comparing word may stand behind a bracket."""
    if comparison.explicit or text[comparison.end : comparison.end + 1] not in ("(", "（"):
        return comparison
    closing = re.compile(r"[)）]").search(text, comparison.end, comparison.end + 80)
    if not closing:
        return comparison
    behind = compare(text, closing.end(), closing.end(), closing.end())
    if not behind.explicit:
        return comparison
    return replace(comparison, comparator=behind.comparator, word=behind.word, explicit=True)


def _leading_verb(head: str) -> str:
    """The verb that opens the words before a number (新增, 引进), which a list goes on to share."""
    match = LEADING.search(head)
    return match[0] if match and len(match[0]) > 1 else ""


def _adjacent(text: str, before: Reading, low: int) -> bool:
    """Whether nothing but a comma or a noun and a comma stands between a number and the clause of the next."""
    return 0 <= low - before.comparison.end <= 24 and not re.search(r"[。！？]", text[before.comparison.end : low])


def _since_commitment(text: str, sentence: int, low: int) -> int:
    """From where on words of the past count: a commitment (力争) in between makes them background."""
    last = None
    for match in COMMITS.finditer(text, sentence, low):
        last = match.end()
    return sentence if last is None else last


def _indicator(
    text: str,
    clauses: Clauses,
    quantity: Quantity,
    low: int,
    comparison: Comparison,
    verb: str,
    inherits: bool,
    neighbour: Reading | None,
) -> tuple[str, int]:
    """The indicator's name, and where the printed phrase ends (behind the noun that a number counts)."""
    end = comparison.end
    name = indicators.tidy(text[low : comparison.before])
    rate = exclusions.RATE_NOUN.match(text, comparison.end) if quantity.unit == "%" else None
    if rate:
        rest, end = indicators.after(text, rate.end())
        return (f"{rest}的{rate['noun']}", end) if rate["noun"] == "比例" else (rate["noun"], rate.end())
    noun = ""
    if not exclusions.NOT_NOUN.match(text, comparison.end):
        noun, behind = indicators.after(text, comparison.end)
    if noun:
        end = behind
        name = (name if len(name) <= 24 else name[-24:]) + noun
    elif inherits and neighbour and not name.startswith(verb):
        name = verb + name
    if people := indicators.reached(name, quantity.unit):
        return people, end
    if indicators.tier(name):
        subject = neighbour.subject if neighbour else ""
        if low > 1 and text[low - 1] in "（(":  # 甲占比控制在合理范围内（省要求在30%以内…）
            subject = indicators.tidy(text[slice(*clauses.clause(low - 2))])
        return indicators.of_tier(name, subject, text), end
    if neighbour and (choice := indicators.picked(name.removeprefix(neighbour.verb), neighbour.subject)):
        return choice, end
    if neighbour and (level := indicators.of_level(name.removeprefix(neighbour.verb), neighbour.subject)):
        return level, end
    if neighbour and name.removeprefix(neighbour.verb) in DONE:
        return indicators.without_verb(neighbour.subject) + name.removeprefix(neighbour.verb), end
    if name.startswith("占") and not neighbour and (subject := indicators.heading(text)):
        return indicators.with_subject(name, subject), end
    if indicators.generic(name) or (name in VERBS):
        place = _place(text, clauses, quantity.start)
        if place and not (neighbour and neighbour.low >= clauses.part(quantity.start)[0]):
            name = indicators.with_subject(name, place)
        elif neighbour:
            subject = neighbour.subject
            if "累计" in text[low : quantity.start]:  # 新增15件，累计达到40件
                subject = _ADDED.sub("累计", subject)
            name = indicators.with_subject("" if name in VERBS else name, subject)
        else:
            name = indicators.with_subject(name, _clause_before(text, clauses, low))
    return name[-60:], end


def _place(text: str, clauses: Clauses, position: int) -> str:
    """The body or place that opens the sentence's part and owns a nameless figure (``甲产业园区加快…，力争…``)."""
    start, _ = clauses.part(position)
    match = _OPENS.match(text, start, position)
    return match[1] if match and looks_like_unit(match[1]) else ""


def _clause_before(text: str, clauses: Clauses, low: int) -> str:
    """The nouns of the clause before, as the subject of a figure that prints none of its own."""
    if low < 2:
        return ""
    start, end = clauses.clause(low - 1)
    sentence, _ = clauses.sentence(max(low - 1, 0))
    if start < sentence or text[low - 1] in "。；;":
        return ""
    return indicators.tidy(text[start:end])[-24:]


def _text_start(text: str, low: int, end: int) -> int:
    """Where the printed phrase begins: without the blank or mark at its head."""
    while low < end and text[low] in " \u3000，,、；;：:":
        low += 1
    return low


def _reason(text: str, quantity: Quantity, comparison: Comparison, change: Change) -> str:
    signs = {">=": "≥", ">": "＞", "<=": "≤", "<": "＜", "=": "＝", "~": "≈"}
    parts = []
    if comparison.word:
        parts.append(f"“{comparison.word}”读作{signs[comparison.comparator.value]}")
    else:
        parts.append("未写比较词，读作＝")
    if change.change:
        parts.append(f"“{change.word}”表示{'增加' if change.direction == 'up' else '减少'}的量")
    if quantity.form == "fraction":
        parts.append("分数折合百分比")
    elif quantity.form == "doubling":
        parts.append("翻番读作原来的倍数")
    elif quantity.form == "tenths":
        parts.append("一成为10%")
    elif quantity.scale != 1:
        parts.append(f"折合为{quantity.unit}")
    return "；".join(parts)

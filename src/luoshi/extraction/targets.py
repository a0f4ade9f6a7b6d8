"""Quantified commitments: numbers that someone must reach, keep or not exceed in the plan's own period.

One pass over the paragraph's numbers; around each, the words before and behind decide. What is no target (rewards,
thresholds, past results, names, durations) is in ``exclusions``; how it is to be met in ``comparators``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from luoshi.extraction import exclusions, indicators
from luoshi.extraction.certainty import certainty
from luoshi.extraction.clauses import Clauses, anchored, split_clauses
from luoshi.extraction.comparators import Change, Comparison, compare, measure_change
from luoshi.extraction.model import Comparator, Context, Paragraph, TargetDraft
from luoshi.extraction.names import looks_like_unit
from luoshi.extraction.numerals import Quantity, scan_quantities
from luoshi.extraction.years import Times, target_year

_HAS_NUMBER = re.compile(r"[0-9０-９一二两三四五六七八九十百千万亿翻半]")
_COMMITS = re.compile(r"力争|确保|争取|力求|务必|必须|奋斗|保证|目标|不得|努力|原则上|要求")
_VERBS = (
    "新增 净增 新建 改建 扩建 改扩建 建成 建设 建立 创建 打造 培育 新培育 培养 培训 引进 招引 引入 新认定 认定 遴选 选派 选树 选聘 选拔 选育 组建 设立 开展 举办 组织 召开 完成 实现 实施 推进"
    " 推动 储备 谋划 签约 开工 竣工 投产 申报 评选 扶持 安排 改造 修建 修缮 新修 新开 争取 发放 救助 资助 转移 脱贫 退出 搬迁 治理 种植 造林 推广 制定 修订 发布 新认证 认证 覆盖 布设 安装 办好 做好 抓好 发展"
    " 收集 扶贫 办理 选择 挂钩 联系 包装 推出 推介 对接 接访 拜访 走访 达标 通过 获得 获 命名 授予 带动 解决 提供 配备 招募 轮训 征集 研发 转化 授权 申请 拥有 创作 编制 出台 形成 淘汰 关闭 拆除 清理 盘活 供应 生产 销售 出栏 存栏"
    " 回收 处置 救治 检测 监测 抽检 抽查 新办 吸引 接待 融资 贷款 到位 利用 上市 挂牌 入库 升规 达限 入规 转企 下达 硬化 通车 绿化 修复 保护 新发展 提升 改善 建 栽 育 设 植 建档 处理 布局 扩大 更新 配套 支持 投放 惠及 受益 巩固 惠民"
).split()
_VERB = re.compile("|".join(sorted(_VERBS, key=len, reverse=True)))
_LEADING = re.compile(
    r"(?:" + "|".join(sorted((v for v in _VERBS if len(v) > 1), key=len, reverse=True)) + r")(?!的|率|任务)"
)
_CONNECTOR = re.compile(r"[ \u3000]?(?:、|和|及|与|以及|，|,|或|；|;)[ \u3000]?")
_JOINED = re.compile(r"[ \u3000]?(?:、|和|及|与|以及|或)[ \u3000]?")
_CADENCE = re.compile(r"每(?:个)?(?:年|季度?|月|半年|周|旬|日|天)")
_EACH = re.compile(
    r"每(?:个|一)?(?:县|市|区|乡|镇|村|州|园区|企业|家|人|名|条|项|户|重点|产业|[^，。；]{0,6}(?:县|市|部门|单位))|各[^，。；、]{0,8}(?:县|市|区|乡镇|部门|单位)|原则上|至少"
)
_SIZE = re.compile(r"(?:打造|建设|建|培育|发展|转变)?(?:成为|成|为)[ \u3000]?$")
_COUNTED = re.compile(r"(?:的)?(?:目标|要求|任务)?(?=[，,。；;：:、)）]|$|和|及|与|并|以上|左右)")
_OPENS = re.compile(
    r"(?:支持|推动|加快|促进)?([\u4e00-\u9fff]{2,16}?)(?:要|加快|着力|重点|围绕|按照|大力|聚焦|突出|依托|坚持)"
)
_OUTCOME = re.compile(
    r"(?:[\u4e00-\u9fff（）()]{1,14}?)(?:退出|出列|摘帽|脱贫|通过认定|获得认定|成功挂牌|成功上市|建成投产|竣工投产|全面完工)(?![率的])"
)
_INTENDS = re.compile(r"力争|确保|争取|力求|务必|不得|奋斗目标|工作目标")
_RAISED = frozenset("提高 提升 扩大 降低 减少 下降 压减 缩短".split())
_CHINESE_VERB = re.compile(
    r"(?:新增|新建|建成|建设|建立|创建|打造|培育|引进|遴选|选派|抓好|完成|实施|举办|开展|组织|推进|形成|认定|推出|争取|培养|选择|设立|办好|做好)[^，,、]{0,4}$"
)
# How far back the words of a number, its sentence and the noun before it are read: keeps the whole linear.
_HEAD_REACH, _SENTENCE_REACH, _NOUN_REACH = 240, 600, 60
_BORDER = re.compile(r"[，,。；;、：:和及与并（(]")
_OWN_VERB = re.compile(r"(?:" + "|".join(sorted((v for v in _VERBS if len(v) > 1), key=len, reverse=True)) + r")")
_STRONG = re.compile(
    r"新增|净增|培育|引进|培训|完成|实现|打造|建成|新建|认定|遴选|选派|创建|推进|开展|举办|新达|升规|达限|挂牌"
)
_EMPTY = Change(False, "up", "")


@dataclass(frozen=True, slots=True)
class _Read:
    """A number as read so far: where its head begins, and whether it was taken as a target."""

    quantity: Quantity
    low: int
    comparison: Comparison
    taken: bool
    verb: str
    change: Change
    subject: str


def find_targets(paragraph: Paragraph, context: Context) -> list[TargetDraft]:
    """All targets of a paragraph, in order; rows of tables have none (tables are read by their own rules)."""
    if paragraph.style == "row" or not _HAS_NUMBER.search(paragraph.text):
        return []
    text = paragraph.text
    quantities = _with_shared_units(text, scan_quantities(text))
    if not quantities:
        return []
    clauses, times = split_clauses(text), Times(text)
    found: list[TargetDraft] = []
    before: _Read | None = None
    last: _Read | None = None
    for index, quantity in enumerate(quantities):
        following = quantities[index + 1] if index + 1 < len(quantities) else None
        if exclusions.not_a_figure(text, quantity, clauses):
            continue
        low, listed = _head_start(text, clauses, quantity, before)
        low = max(low, quantity.start - _HEAD_REACH)
        read, draft = _read(paragraph, context, clauses, times, quantity, following, low, listed, last)
        if draft:
            found.append(draft)
            last = read
        elif before and before.taken and not _beyond(text, before, quantity):
            continue  # 5个千亿级…: the number belongs to the noun of the one before
        before = read
    return _respective(found)


def _beyond(text: str, before: _Read, quantity: Quantity) -> bool:
    """Whether a border parts a number from the noun of the number before it."""
    end = before.comparison.end
    return quantity.start - end > _NOUN_REACH or _BORDER.search(text, end, quantity.start) is not None


def _with_shared_units(text: str, quantities: list[Quantity]) -> list[Quantity]:
    """Numbers with a unit; ``5、10和20个`` gives its unit and scale to all three."""
    result: list[Quantity] = []
    following: Quantity | None = None
    for quantity in reversed(quantities):
        if not quantity.unit and following and quantity.scale == 1:
            if _JOINED.fullmatch(text, quantity.end, following.start):
                scale = following.scale
                quantity = replace(quantity, unit=following.unit, value=quantity.value * scale, scale=scale)
        following = quantity
        if quantity.unit:
            result.append(quantity)
    return result[::-1]


def _head_start(text: str, clauses: Clauses, quantity: Quantity, before: _Read | None) -> tuple[int, bool]:
    """Where the words that belong to a number begin, and whether it continues a list (``…15个以上、…3户以上``)."""
    low, _ = clauses.clause(quantity.start)
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
    clauses: Clauses,
    times: Times,
    quantity: Quantity,
    following: Quantity | None,
    low: int,
    listed: bool,
    before: _Read | None,
) -> tuple[_Read, TargetDraft | None]:
    text = paragraph.text
    comparison = compare(text, low, quantity.start, quantity.end)
    comparison = _behind_bracket(text, comparison)
    head = text[low : comparison.before]
    change = measure_change(text[low : quantity.start], comparison.word)
    if quantity.unit == "%" and (rate := exclusions.RATE_NOUN.match(text, comparison.end)) and "增" in rate["noun"]:
        change = Change(True, "up", rate["noun"])
    verb = _leading_verb(head)
    neighbour = before if before and _adjacent(text, before, low) else None
    inherits = False
    outcome = _OUTCOME.match(text, comparison.end) or text[low - 1 : low] in "；;"
    own = _OWN_VERB.match(indicators.tidy(head).removeprefix("累计")) or _STRONG.search(head)
    if (
        neighbour
        and not own
        and not change.change
        and not comparison.reached
        and comparison.before == quantity.start
        and not outcome
    ):
        verb, inherits = neighbour.verb, bool(neighbour.verb)
        if neighbour.comparison.word == "至少" and not comparison.explicit:
            comparison = replace(comparison, comparator=Comparator.AT_LEAST, word="至少", explicit=True)
        if inherits and neighbour.change.change and neighbour.verb in neighbour.change.word + "新增净增":
            change = neighbour.change
    if neighbour and listed and not head.strip() and "分别" in text[neighbour.low : neighbour.quantity.start]:
        comparison = replace(
            comparison, comparator=neighbour.comparison.comparator, reached=neighbour.comparison.reached
        )
        change = neighbour.change
    rule = _accept(text, clauses, quantity, low, comparison, change, verb, listed or inherits, neighbour)
    sentence = max(clauses.sentence(quantity.start)[0], quantity.start - _SENTENCE_REACH)
    year = target_year(text, sentence, low, quantity.start, times, context)
    if rule and year is not None and context.year is not None and year < context.year:
        rule = None
    delivered = comparison.explicit and _CHINESE_VERB.search(head) and not head.endswith("实现")
    if rule and not delivered and exclusions.attribute(text, quantity, following):
        rule = None
    if rule and not _INTENDS.search(text, sentence, quantity.start) and times.past(quantity.start, context):
        rule = None
    if rule and exclusions.past(head, text[_since_commitment(text, sentence, low) : low]):
        rule = None
    name, end = _indicator(text, clauses, quantity, low, comparison, verb, inherits, neighbour)
    read = _Read(quantity, low, comparison, rule is not None, verb, change if rule else _EMPTY, name)
    if rule is None:
        return read, None
    start = anchored(paragraph, _text_start(text, low, comparison.before), quantity.start)
    return read, TargetDraft(
        text=text[start:end],
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
    match = _LEADING.search(head)
    return match[0] if match and len(match[0]) > 1 else ""


def _adjacent(text: str, before: _Read, low: int) -> bool:
    """Whether nothing but a comma or a noun and a comma stands between a number and the clause of the next."""
    return 0 <= low - before.comparison.end <= 24 and not re.search(r"[。！？]", text[before.comparison.end : low])


def _since_commitment(text: str, sentence: int, low: int) -> int:
    """From where on words of the past count: a commitment (力争) in between makes them background."""
    last = None
    for match in _COMMITS.finditer(text, sentence, low):
        last = match.end()
    return sentence if last is None else last


def _accept(
    text: str,
    clauses: Clauses,
    quantity: Quantity,
    low: int,
    comparison: Comparison,
    change: Change,
    verb: str,
    continues: bool,
    neighbour: _Read | None,
) -> str | None:
    """The rule by which a number is a target, ``None`` where it is none."""
    head = text[low : quantity.start]
    commits = bool(_COMMITS.search(head))
    if quantity.chinese and quantity.unit == "元" and not text[quantity.start : quantity.end].endswith("元"):
        return "target-size" if _SIZE.search(head) and re.search("打造|建成|建设", head) else None
    if exclusions.rewarded(text, clauses, quantity) or exclusions.threshold(text, quantity, comparison.end):
        return None
    if exclusions.conditional(head) or re.search(r"占[ \u3000]?$", head):
        return None
    if exclusions.duration(quantity, head) or exclusions.project_size(text[low : comparison.before]):
        return None
    if exclusions.sums_up(text, low, quantity, comparison.explicit or change.change or (commits and "等" not in head)):
        return None
    near_verb = _VERB.search(head)
    if quantity.chinese and quantity.form == "number":
        return _chinese(text, quantity, head, comparison, near_verb is not None)
    if _OUTCOME.match(text, comparison.end) and quantity.unit not in exclusions.MEASURES and "等" not in head[-2:]:
        return "target-outcome"
    if quantity.unit == "次" and not comparison.explicit and (_CADENCE.search(head) or not near_verb):
        return None
    if quantity.form == "doubling":
        return "target-doubling"
    if comparison.explicit:
        return "target-comparator"
    if (
        change.change
        and change.word in _RAISED
        and quantity.unit not in exclusions.MEASURES | {"位", "倍"}
        and not exclusions.NOT_NOUN.match(text, quantity.end)
    ):
        return None  # 提高36种大病…保障水平: the number belongs to the noun
    if change.change:
        return "target-change"
    if exclusions.statistic(quantity) and not commits:
        return None
    if comparison.reached:
        return "target-reached"
    if commits:
        return "target-commitment"
    if exclusions.share_duty(text, quantity):
        return "target-share"
    if quantity.unit in exclusions.MEASURES and not near_verb and not continues:
        return None
    if near_verb:
        return "target-verb"
    if continues and neighbour and neighbour.quantity.unit == quantity.unit:
        return "target-list"
    if neighbour and neighbour.quantity.unit == quantity.unit and text[low - 1 : low] in ("（", "("):
        return "target-breakdown"
    return None


def _chinese(text: str, quantity: Quantity, head: str, comparison: Comparison, verb: bool) -> str | None:
    """Chinese numerals commit only where they count things to be delivered (``每县建立一个…``, ``两个…园区``)."""
    if quantity.unit not in (
        "个",
        "家",
        "户",
        "所",
        "名",
        "项",
        "座",
        "条",
        "处",
        "支",
        "件",
        "元",
        "%",
        "人",
        "亩",
        "次",
        "倍",
    ):
        return None
    if comparison.explicit or comparison.reached and quantity.unit in exclusions.MEASURES:
        about = comparison.comparator is Comparator.ABOUT and comparison.before < quantity.start
        return None if about or (quantity.unit == "次" and quantity.value == 1) else "target-chinese"
    if not verb or not _CHINESE_VERB.search(head):
        return None
    if quantity.value == 1 and not _EACH.search(head):
        return None
    if quantity.unit != "个" and quantity.value == 1:
        return "target-chinese" if _EACH.search(head) else None
    return "target-chinese"


def _indicator(
    text: str,
    clauses: Clauses,
    quantity: Quantity,
    low: int,
    comparison: Comparison,
    verb: str,
    inherits: bool,
    neighbour: _Read | None,
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
    if indicators.tier(name):
        return indicators.of_tier(name, neighbour.subject if neighbour else "", text), end
    if indicators.generic(name) or (name in _VERBS):
        place = _place(text, clauses, quantity.start)
        if place and not (neighbour and neighbour.low >= clauses.part(quantity.start)[0]):
            name = indicators.with_subject(name, place)
        elif neighbour:
            name = indicators.with_subject("" if name in _VERBS else name, neighbour.subject)
        else:
            name = indicators.with_subject(name, _clause_before(text, clauses, low))
    return name[-60:], end


def _place(text: str, clauses: Clauses, position: int) -> str:
    """The body or place that opens the sentence's part and that a nameless figure belongs to (``甲产业园区加快…，力争…``)."""
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


def _respective(found: list[TargetDraft]) -> list[TargetDraft]:
    """Give ``甲和乙分别达到24%和26%`` one indicator each."""
    result = list(found)
    index = 0
    while index < len(result):
        first = result[index]
        if "分别" in first.text:
            group = [index]
            while group[-1] + 1 < len(result) and result[group[-1] + 1].indicator.endswith(first.indicator):
                group.append(group[-1] + 1)
            names = indicators.respective(first.indicator, len(group)) if len(group) > 1 else None
            if names:
                for place, name in zip(group, names, strict=True):
                    result[place] = replace(
                        result[place], indicator=name, change=first.change, direction=first.direction
                    )
            index = group[-1]
        index += 1
    return result

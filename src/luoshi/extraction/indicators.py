"""The name of what a number measures, taken from the words around it."""

from __future__ import annotations

import re

from luoshi.extraction.verbs import VERB
from luoshi.extraction.words import words

# What opens a clause but names nothing: times, intent, list marks.
_LEAD_TIME = (
    r"到?“?十[一二三四五六七八九]五”?(?:期间|末|时期)|到?(?:规划|方案|行动)期末|[两三四五]年(?:内|来)(?=[\u4e00-\u9fff])|[三五两]年(?=新|累计|建|培|引)"
    r"|(?:于|在|到)?\d{1,2}[ ]?月[ ]?\d{1,2}[ ]?日(?:以?前|之前)?|[一二三四]季度(?:末|底)(?:以?前|之前)?"
    r"|(?:力争|争取|确保|到|至|从|自|在|于|截至)?[ ]?20\d\d[ ]?年(?:度|底|末|内|初|年末|年底)?(?:以?前|之前|起|开始)?"
    r"|(?:于|在|到)?\d{1,2}[ ]?月(?:底|末|份|中旬|上旬|下旬)?(?:以?前|之前)?"
    r"|年内|年末|年底(?:前)?|全年|今年|本年|明年|每年(?:度)?|每季度?|每月|每半年|[一二三四]季度|上半年|下半年"
)
_LEAD_MARK = (
    r"第[一二三四五六七八九十百\d]{1,4}[条章节][ \u3000]*|[一二三四五六七八九十]+是(?:要)?"
    r"|[①②③④⑤⑥⑦⑧⑨⑩]|[（(]?[一二三四五六七八九十\d]{1,3}[)）.、．](?!\d)"
    r"|\d{1,2}(?:\.\d{1,2}){1,3}[ \u3000]|[，,、：:；]"
)
_LEAD_WORD = (
    r"力争|确保|争取|力求|努力|其中|含(?=[\u4e00-\u9fff]{2})|同时|并且|并(?![网购])|以及|和(?!谐)|及(?!时)|与|预计|计划(?!生育)|围绕|按照|按(?![时期揭])"
    r"|即(?![期时办征])|具体为|实现|保证(?!金)|务必|要(?![素点求道])"
    r"|原则上|总体上|使(?!用)|将|让(?!利)|把|推动|促进|保持|持续|重点(?=推进|抓|打造|培育|建设|实施|支持)"
    r"|共(?![享同建青有治育])|至少|积极|再(?=更新|新增|新建|建成|培育|引进|完成|改造)|需(?!求)|须|应当|应(?![当急收用付对届聘征援变力纳诉])|由|对(?![外口接])|以(?![上下工奖])|的"
)
_LEAD_IN = re.compile(rf"[ \u3000]*(?:{_LEAD_TIME}|{_LEAD_WORD}|{_LEAD_MARK})[ \u3000]*")
# What stands between the name and its number: baselines, adverbs, the verb itself.
_TRAIL = re.compile(
    r"(?:(?:从|由)(?:目前|现在|当前|20\d\d[ ]?年底?)?的?\d[\d.]*[^\d，,]{0,5}"
    r"|[ \u3000]|[，,、：:]|力争|争取|确保|(?:同比|环比)[^，,]{0,8}"
    r"|(?:力争|确保)?到?20\d\d[ ]?年(?:底|末)?(?:以?前)?|\d{1,2}[ ]?月(?:底|末|\d{1,2}日)?(?:以?前)?"
    r"|每(?:[年月日天周]|季度?|半年)|[两三四五]年"
    r"|较[^，,]{1,8}|(?<!占)比(?!重|例|率)[^，,]{1,8}|与[^，,]{1,8}相比|均|各|分别|要|应当|应|再|都|将|为|达|到|约|共|年均|实际"
    r"|进一步|平均|就|也|的|了|不|累计|总共|至少|原则上|最多|最少|净|以|保持|完成|实现"
    r"|增长|提高|提升|下降|降低|减少|上升|增加|压减|压缩|缩短|扩大|递增|降|控制|稳定)$"
)
# 第一批4月底前建成40座: the date is no part of the name
_INNER_TIME = re.compile(r"(?:20\d\d[ ]?年[ ]?)?\d{1,2}[ ]?月(?:底|末|[ ]?\d{1,2}[ ]?日)?(?:以前|之前|前)")
_BARE_NUMBER = re.compile(r"[\d.,%％‰万亿千百户个元]+")
_GENERIC = re.compile(
    r"^(?:占[^，,]{0,16}(?:比重|比例|比)?|占比|比重|比例|增速|增幅|增加值|总?产量|总量|总数|产值|总产值|年?主营业务收入"
    r"|投资|面积|覆盖率|总额|户数|数量|规模|单价|综合产值|力争|完成率|合格率|其中|平均|总投资|增加值增速|年产值"
    r"|营业收入)?$"
)
_COMPARED = re.compile(r"(?:同比)?(?:增速|增幅|增长率|占比|比重)(?:高于|低于|超过|快于|好于)")
_SHARE_END = re.compile(r"(?:占比|比重|比例)$")
_PICK = re.compile(r"[\d.]+[万亿]?(?:元|美元|亩|户|人|吨|平方米)以上|第[一二三四五六七八九十]{1,2}批|首批")
_PICK_END = re.compile(rf"(?<=[\u4e00-\u9fff])(?:{_PICK.pattern})的?$")
_LEVEL = re.compile(r"(?:国家|[省州市县区])级(?:及以上|以上)?")
_LEVEL_ALONE = re.compile(r"(?:其中)?(?:国家|[省州市县区])级(?:及以上|以上)?")
_MEASURE = re.compile(
    r"(?:(?:播种|种植)面积|产量|增加值增速|增加值|增速|总产值|产值|占[^，,]{1,10}比重|比重|占比|增幅)$"
)
TIER = re.compile(
    r"(?:支撑)?(?:人代会|政府工作|奋斗|工作|激励|基本|挑战|预期|年度)?(?:支撑)?目标$|(?:人代会|[国省州市]要求|上级要求)$"
)
_HEADING = re.compile(r"[ \u3000]*(?:[（(]?[一二三四五六七八九十\d]{1,3}[)）.、．][ ]?)?([^。，；：\d]{2,24})[。：]")
_AFTER_STOP = re.compile(
    r"进行|[，,。；;：:、！？\t\n]|(?<![(（][\u4e00-\u9fff])(?<![(（][\u4e00-\u9fff]{2})[)）]"
    r"|[(（](?![\u4e00-\u9fff]{1,2}[)）])|\d"
)
_MAX = 40


def tidy(head: str) -> str:
    """What stands before a number without lead-ins (力争, 到2025年) and without the verb at its end (增长, 达到)."""
    head = head.strip(" \u3000\t")[-160:]
    while match := _LEAD_IN.match(head):
        head = head[match.end() :]
    for _ in range(8):
        match = _TRAIL.search(head, max(0, len(head) - 24))
        if not match:
            break
        head = head[: match.start()]
    head = _INNER_TIME.sub("", head.replace("“", "").replace("”", "").strip()).removeprefix("分别")
    return "" if _BARE_NUMBER.fullmatch(head) else head


def tier(name: str) -> bool:
    """Whether a name is but a tier of a target (奋斗目标), which needs its subject."""
    return TIER.fullmatch(name) is not None


_REACHES = frozenset(words("惠及 受益 带动 覆盖"))
_PEOPLE = {"人": "人数", "人次": "人次", "名": "人数", "户": "户数"}


def reached(verb: str, unit: str) -> str:
    """The name of a figure that prints a verb alone (``惠及1.2万人`` → 惠及人数); empty for other verbs."""
    return verb + _PEOPLE[unit] if verb in _REACHES and unit in _PEOPLE else ""


def picked(name: str, subject: str) -> str:
    """The name of some of what was counted before (``10亿元以上``, ``第一批``); empty where it is no mere choice."""
    if not subject or not _PICK.fullmatch(name):
        return ""
    return f"{_PICK_END.sub('', subject.partition('（')[0])}（{name}）"


def of_level(name: str, subject: str) -> str:
    """The name of what is counted at another level (``国家级企业5家，省级30家`` → 省级企业); empty elsewhere."""
    if not _LEVEL_ALONE.fullmatch(name) or not _LEVEL.search(subject):
        return ""
    return _LEVEL.sub(name.removeprefix("其中"), subject, count=1)


def heading(text: str) -> str:
    """What the paragraph's heading sentence speaks of (``4. 民生投入方面。`` → 民生投入); empty where it has none."""
    match = _HEADING.match(text)
    return match[1].removesuffix("方面") if match else ""


def without_verb(subject: str) -> str:
    """The thing itself, without the verb that brings it about (开工建设供水工程 → 供水工程)."""
    for _ in range(3):
        match = VERB.match(subject)
        if not match or match.end() == len(subject):
            break
        subject = subject[match.end() :]
    return subject


def of_tier(name: str, before: str, text: str) -> str:
    """A tier with its subject: that of the tier before it, else the paragraph's heading (``1. 甲收入。目标为…``)."""
    subject = TIER.sub("", before) or heading(text)
    return subject + name


def after(text: str, end: int) -> tuple[str, int]:
    """The noun behind a number (``2户以上`` ``州内企业在…挂牌``), up to the next mark or number, and where it ends."""
    while end < len(text) and text[end] in "的 \u3000":
        end += 1
    stop = _AFTER_STOP.search(text, end, end + _MAX)
    noun = text[end : stop.start() if stop else end + _MAX]
    noun = re.sub(r"[ \u3000]?(?:和|及|与|达到|达|的目标|目标)?[ \u3000]?$", "", noun)
    return noun.replace("“", "").replace("”", ""), end + len(noun)


def generic(name: str) -> bool:
    """Whether a name (占比, 增速, 产值, 同比增速高于全省平均) needs a subject from what stands before it."""
    return _GENERIC.match(name) is not None or _COMPARED.match(name) is not None


def with_subject(name: str, subject: str) -> str:
    """Complete a generic name with the subject of the figure before it."""
    if not subject or name.startswith(subject):
        return name or subject
    if not name:
        return subject
    if not name.startswith(("占", "比重", "比例")):
        subject = _MEASURE.sub("", subject)
    elif name[0] == "占":
        subject = _SHARE_END.sub("", subject)
    return subject + name

"""Names of indicators brought to one form, so that two places that mean the same can be found."""

from __future__ import annotations

import re

_BRACKETS = re.compile(r"[(（\[][^()（）\[\]]*[)）\]]")
_LONGEST = 120
_MARKS = re.compile(r"[\s“”\"‘’《》、，,。；;：:·—–-]")
_LEAD = re.compile(
    r"^(?:(?:力争|确保|努力|争取|计划|围绕|实现|完成|达到|推动|全面|积极|预计|保持|持续|着力|要|将|使|到)"
    r"|(?:20\d\d年?(?:底|末|度)?|[“\"]?十[三四五]五[”\"]?(?:末|期间|时期)?|今年|全年|年内|年末|年度|当年|每年|五年内?|期间|到)"
    r"|(?:全[州市省县区国]|我[州市省县区]|本[州市省县区])(?:内|上下)?(?:的)?)+"
)
_VERBS = re.compile(
    r"^(?:新增加?|新培育|新认定|新签约|新建|净增|引进|培育|建成|建设|创建|组织|开展|发展|举办|认定|培养|遴选|选派)"
)
_TAIL = re.compile(
    r"(?:的)?(?:增速|增长率|增幅|增长|速度|年均增长率?|年均|同比|较上年|实际|现价|可比价|总数|数量|户数|个数|总量)+$"
)


def normal(name: str) -> str:
    """An indicator's name without brackets, marks, periods, scope over the whole and growth words at its end."""
    if len(name) > _LONGEST:
        return name  # a sentence, no name
    text = _MARKS.sub("", _BRACKETS.sub("", name))
    text = _LEAD.sub("", text)
    return _TAIL.sub("", text)


def bare(name: str) -> str:
    """The same without a verb in front (引进链主企业 → 链主企业)."""
    return _VERBS.sub("", normal(name))


def letters(name: str) -> str:
    """The characters of a name in one order, for names whose parts stand in another order (企业净增, 净增企业)."""
    return "".join(sorted(re.sub(r"[在的了]", "", normal(name))))

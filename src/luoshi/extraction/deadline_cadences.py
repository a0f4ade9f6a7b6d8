"""What printed cadences mean (每季度, 按月, 月调度, 开展年度检查): readers as in ``deadline_readers``."""

from __future__ import annotations

import re

from luoshi.extraction.deadline_terms import Read, Year
from luoshi.extraction.model import DeadlineRule

PERIODS = {
    "周": DeadlineRule.WEEKLY,
    "星期": DeadlineRule.WEEKLY,
    "旬": DeadlineRule.TEN_DAILY,
    "半月": DeadlineRule.HALF_MONTHLY,
    "半个月": DeadlineRule.HALF_MONTHLY,
    "月": DeadlineRule.MONTHLY,
    "季": DeadlineRule.QUARTERLY,
    "季度": DeadlineRule.QUARTERLY,
    "半年": DeadlineRule.HALF_YEARLY,
    "年": DeadlineRule.YEARLY,
    "年度": DeadlineRule.YEARLY,
    "年终": DeadlineRule.YEARLY,
}
_PERIOD = re.compile(r"半年|半个?月|季度|季|年度|年终|年|月|周|星期|旬")
NAMES = {
    "weekly": "每周",
    "ten-daily": "每旬",
    "half-monthly": "每半月",
    "monthly": "每月",
    "quarterly": "每季度",
    "half-yearly": "每半年",
    "yearly": "每年",
}
_RATE = re.compile(
    r"[ \u3000]?(?:[^，,。；、]{0,10}(?:补贴|补助|租金|奖励|给予|利息)"
    r"|(?:不低于|不少于|不超过|约|达|为)?\d[\d.]*[ ]?[万亿]?(?:元|亩|吨))"
)
_MEANS = re.compile(r"每(?:年|月|季度?|半年)[^，,。；]{0,8}(?:增长|递增|收入|产值|产量|产能|补贴|补助|租金|利息)")
_SEASON = re.compile(r"[ \u3000]?(?:汛期|雨季|旱季|冬季|夏季|春季|秋季|农历)")
_CEILING = re.compile(r"[^，,。；;、\d]{0,8}(?:不超过|不得超过|不得多于|最多)[ \u3000]?\d{1,3}[ \u3000]?[次场个]")
_CHAINED = re.compile(
    r"(?:半?月|周|旬|季度?|半年)(?:报告|督查|调度|汇报|研判|通报|分析|检查|小结|考核|评估|评价|公示|排名|监测|总结)、$"
)
# 开展年度检查; 纳入年度考核 only names one
_YEARLY_DUTY = re.compile(r"(?:组织|开展|实施|进行|实行|做好|建立|落实)(?:好)?$")
_INSPECTIONS = frozenset(("督查", "检查", "评估", "监测", "考核", "评价", "总结"))


def read_cadence(match: re.Match[str], text: str, year: Year) -> Read | None:
    period = _PERIOD.search(match[0].removeprefix("从").lstrip("0123456789年起开始，"))
    if period is None or _MEANS.match(text, match.start()) or _RATE.match(text, match.end()):
        return None
    if re.search(r"[“《]$", text[max(0, match.start() - 1) : match.start()]) and "年" in period[0]:
        return None
    if _SEASON.match(text, match.end()) or _CEILING.match(text, match.end()):
        return None
    rule = PERIODS[period[0]]
    return Read("deadline-cadence", rule, match.end() - 1, f"“{match[0]}”为{NAMES[rule.value]}")


def read_by_period(match: re.Match[str], text: str, year: Year) -> Read | None:
    period = _PERIOD.search(match[0])
    # 按年 is most often 按年度计划; 固定资产投资按月分解计划表 names a table
    if (
        period is None
        or period[0] in ("年", "年度")
        or re.match(
            r"[\u4e00-\u9fff]{0,8}(?:计划表|分解表|分析工作。)|[\u4e00-\u9fff]{2}的(?!基础)",
            text[match.end() : match.end() + 14],
        )
    ):
        return None
    rule = PERIODS[period[0]]
    return Read("deadline-by-period", rule, match.end() - 1, f"“{match[0]}”为{NAMES[rule.value]}")


def read_one(match: re.Match[str], text: str, year: Year) -> Read | None:
    rule = PERIODS[match["onep"] or match["oneh"]]
    return Read("deadline-chain", rule, match.start(), f"“{match[0]}”为{NAMES[rule.value]}")


def read_bare(match: re.Match[str], text: str, year: Year) -> Read | None:
    rule = PERIODS[match["bp"]]
    return Read("deadline-cadence", rule, match.start(), f"“{match[0]}…一次”为{NAMES[rule.value]}")


def read_chain(match: re.Match[str], text: str, year: Year) -> Read | None:
    # 年度考核 alone is but a name; at the end of a chain (季度通报、年度考核) it is a duty
    if match["cp"] == "年度" and not (
        _CHAINED.search(text, max(0, match.start() - 8), match.start())
        or (match["cw"] in _INSPECTIONS and _YEARLY_DUTY.search(text, max(0, match.start() - 4), match.start()))
    ):
        return None
    rule = PERIODS[match["cp"]]
    return Read("deadline-chain", rule, match.start(), f"“{match[0]}”为{NAMES[rule.value]}")


def read_seasons(match: re.Match[str], text: str, year: Year) -> Read | None:
    return Read("deadline-chain", DeadlineRule.QUARTERLY, match.start(), "各季度分别安排，读作每季度")

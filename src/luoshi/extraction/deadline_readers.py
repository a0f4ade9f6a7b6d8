"""What each printed form of a deadline means: one reader for each alternative of ``deadline_forms.DEADLINE``.

A reader gives ``None`` where the words are no deadline: measuring periods (全年), past dates (截至2017年底), dates
of issue.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable

from luoshi.extraction import deadline_cadences as cadences
from luoshi.extraction.deadline_terms import Read, Year
from luoshi.extraction.model import DeadlineRule
from luoshi.extraction.years import period_end

_PAST_BEFORE = re.compile(r"(?:截至|截止|截止到|截至到|较|比|自|从|以|与|同比|对比|高于|低于|占|含|扣除)[ \u3000]?$")
_PAST_AFTER = re.compile(
    r"[ \u3000]?(?:以来|相比|为基[期数准]|的基础上|基础上|同期|起(?!草|步|底)|开始|水平|发布|印发的|修订|版)"
)
# 每年11月底前, 每年3月、9月底前: the month goes with the cadence before it.
_EVERY_YEAR = re.compile(r"每年度?(?:的|于|在)?[ \u3000]?(?:\d{1,2}[ ]?月[底末]?[、和及])*(?:于|在)?$")
_ACT = re.compile(r"[\u4e00-\u9fff]")
# 6月20日和12月5日前, 3月、6月、9月底前: what bounds the last of them bounds all
_SHARED_BY = re.compile(
    r"(?:[ \u3000]?(?:、|和|及|与)[ \u3000]?(?:\d{1,2}[ ]?月[ ]?)?(?:\d{1,2}[ ]?日)?){1,6}?"
    r"(?<=[日月])[底末]?(?:以前|之前|前)"
)
# 完成时限：2026年12月
_TERM = re.compile(r"(?:时限|时间|期限|节点)[ \u3000]?[：:][ \u3000]?$|限期(?:为|至|到|于)?[ \u3000]?$")
# 6月和11月各开展一次; 1月、4月和7月召开, 3月下达 (not 3月召开的, which tells what there was)
_EACH_MONTH = re.compile(
    r"(?:[ \u3000]?(?:、|和|及)[ \u3000]?\d{1,2}[ \u3000]?月份?)*[ \u3000]?"
    r"(?:各[\u4e00-\u9fff]{2,4}(?:一次|1次)"
    r"|(?:集中|分别|各|正式|全面|统一)?向[\u4e00-\u9fff]{2,12}?(?:报告|汇报|反馈|提交|报送)"
    r"|(?:集中|分别|各|正式|全面|统一)?(?:下达|召开|举办|举行|启动|报送|上报|公布|发布|通报|评选|验收|组织|开展)(?!的|了|过|会[后上]|后|以))"
)
# 年度内每月召开, 年度内选择6月和9月: the words only frame the terms behind them
_FRAMES = re.compile(r"[ \u3000]?(?:选择|于|在|分|的)?[ \u3000]?(?:每|按|逐|\d{1,2}[ \u3000]?月|[一二三四]季度)")
_CHINESE = {c: i for i, c in enumerate("零一二三四五六七八九")}


def _last_day(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def _month_date(year: int | None, month: str, day: str | None, part: str | None) -> dt.date | None:
    """The last day meant: of the month, of its 上旬/中旬, or the printed day; ``None`` where there is no such day."""
    if year is None:
        return None
    number = int(re.sub(r"\D", "", month))
    if day and day[0].isdigit():
        try:
            return dt.date(year, number, int(re.sub(r"\D", "", day)))
        except ValueError:
            return None
    part = part or day or ""
    if part in ("上旬", "初"):
        return dt.date(year, number, 10)
    return dt.date(year, number, 20) if part == "中旬" else _last_day(year, number)


def _past(match: re.Match[str], text: str) -> bool:
    head = text[max(0, match.start() - 5) : match.start()]
    own = match[0]
    if own.startswith(("自", "从", "至于")):
        return True
    return bool(_PAST_BEFORE.search(head) or _PAST_AFTER.match(text, match.end()))


def _phase(match: re.Match[str], text: str, year: Year) -> Read | None:
    if _PAST_BEFORE.search(text, max(0, match.start() - 5), match.start()) or _PAST_AFTER.match(text, match.end()):
        return None
    first = year.of(match.start(), match["py"])
    last = year.of(match.start(), match["qy"]) if match["qy"] else first
    # 1—3月 alone measures; a phase without a year stands in brackets of its own
    if not (match["py"] or match["qy"]) and text[match.start() - 1 : match.start()] not in ("（", "("):
        return None
    if year.gone(last):
        return None
    date = _month_date(last, match["qm"], match["qd"], None)
    core = match.start() + (match[0][0] in "于自从")
    return Read("deadline-phase", DeadlineRule.DATE, core, f"时段“{match[0]}”取末日", date)


_WEATHER = re.compile(r"至|开始|结束")
_STAGE = re.compile(r"(?:阶段|近期|中期|远期|步|(?<!时)期|目标)[ ]?[（(]$")


def _years(match: re.Match[str], text: str, year: Year) -> Read | None:
    # only a stage (第一阶段（2026—2027年）); a plan's name prints such years too
    if not _STAGE.search(text[max(0, match.start() - 6) : match.start()]) or int(match["yb"]) <= int(match["ya"]):
        return None
    last = int(match["yb"])
    if year.gone(last) or not re.match(r"[）)]", text[match.end() : match.end() + 1]):
        return None
    return Read("deadline-phase", DeadlineRule.DATE, match.start(), f"时段“{match[0]}”取末日", dt.date(last, 12, 31))


def _months(match: re.Match[str], text: str, year: Year) -> Read | None:
    """2026年1—12月: only as a phase, in brackets or before an act; elsewhere it measures."""
    due = year.of(match.start(), match["my"])
    if _past(match, text) or year.gone(due) or text[match.start() - 1 : match.start()] not in ("（", "("):
        return None
    date = _month_date(due, match["mm"], None, None)
    return Read("deadline-phase", DeadlineRule.DATE, match.start(), f"时段“{match[0]}”取末日", date)


def _stage(match: re.Match[str], text: str, year: Year) -> Read | None:
    """2027—2029年为全面推进阶段: a phase with printed years."""
    last = int(match["sb"])
    if year.gone(last) or _past(match, text) or (match["sa"] and int(match["sa"]) >= last):
        return None
    reason = f"阶段“{match[0]}”取末日"
    return Read("deadline-phase", DeadlineRule.DATE, match.start("sb"), reason, dt.date(last, 12, 31))


def _quarter(match: re.Match[str], text: str, year: Year) -> Read | None:
    if _past(match, text) or text[max(0, match.start() - 1) : match.start()] in ("每", "前", "、", "各"):
        return None
    due = year.of(match.start(), match["ty"])
    if year.gone(due):
        return None
    month = 6 if match["th"] else 3 * _CHINESE[match["tq"]]
    date = None if due is None else _last_day(due, month)
    core = match.start("th" if match["th"] else "tq")
    return Read("deadline-date", DeadlineRule.DATE, core, f"“{match[0]}”取{month}月末日", date)


def _half(match: re.Match[str], text: str, year: Year) -> Read | None:
    due = year.of(match.start(), match["hy"])
    if due is None or year.gone(due) or _past(match, text):
        return None
    if not _ACT.match(text, match.end()) and not _TERM.search(text, max(0, match.start() - 8), match.start()):
        return None  # 2027年上半年，… only says when
    date = dt.date(due, 6, 30) if match["hh"] == "上" else dt.date(due, 12, 31)
    return Read("deadline-phase", DeadlineRule.DATE, match.start("hy"), f"“{match[0]}”取末日", date)


def _own_period(match: re.Match[str], text: str, year: Year) -> Read | None:
    if year.last is None or _past(match, text):
        return None
    return Read(
        "deadline-by-year",
        DeadlineRule.DATE,
        match.start(),
        f"期末，取{year.last}年12月31日",
        dt.date(year.last, 12, 31),
    )


def _day(match: re.Match[str], text: str, year: Year) -> Read | None:
    part, by = match["dx"], match["dby"]
    within = (
        text[max(0, match.start() - 1) : match.start()] in "（("
        and text[match.end() : match.end() + 1] in "）)"
        and match.start() > 0
    )
    printed_by = bool(by) or match[0].endswith(("前", "之前", "以前"))
    if _past(match, text) or (
        text[max(0, match.start() - 1) : match.start()] in ("每", "个", "逾") and match.start() > 0
    ):
        return None
    if _EVERY_YEAR.search(text, max(0, match.start() - 20), match.start()):
        return None  # 每年11月底前: the cadence is read with its month
    alone = part in (None, "份") and not printed_by and not (within and match["dy"] and not match["dd"])
    bare = (
        alone
        and not _TERM.search(text, max(0, match.start() - 8), match.start())
        and not _SHARED_BY.match(text, match.end())
    )
    if bare and (
        match["dd"]
        or text[max(0, match.start() - 1) : match.start()] in tuple("—－–~～至")
        or not _EACH_MONTH.match(text, match.end())
    ):
        return None
    if part == "初" and not printed_by:
        return None
    if part and "旬" in part and not printed_by and _WEATHER.match(text, match.end()):
        return None
    due = year.of(match.start("dm"), match["dy"])
    if year.gone(due):
        return None
    date = _month_date(due, match["dm"], match["dd"], part)
    if due is not None and date is None:
        return None
    if bare and date and year.issued and date < year.issued and text[match.end()] not in "、和及":
        return None  # 1月召开全州会议, in a plan of March
    reason = (
        "取月末"
        if part in ("底", "末") or not (part or match["dd"])
        else "取所写之日"
        if match["dd"]
        else f"“{part}”取末日"
    )
    missing = "" if match["dy"] else "；未写年份，取方案年份" if due else "；未写年份，方案年份不详"
    rule = "deadline-month" if bare else "deadline-date"
    return Read(rule, DeadlineRule.DATE, match.start("dm"), reason + missing, date)


def _year_end(match: re.Match[str], text: str, year: Year) -> Read | None:
    word, printed = match["ew"], match["ey"]
    head = text[max(0, match.start() - 3) : match.start()]
    if word in ("底", "末", "内", "度内") and not printed:
        return None
    if word == "年度内" and _FRAMES.match(text, match.end()):
        return None
    if re.search(r"[\d一二三四五六七八九十两几半每上去前近][ \u3000]?个?$", head) or _past(match, text):
        return None
    due = year.of(match.start(), printed)
    if year.gone(due):
        return None
    date = None if due is None else dt.date(due, 12, 31)
    return Read("deadline-year-end", DeadlineRule.DATE, match.start("ew"), f"“{match[0].strip()}”取12月31日", date)


def _by_year(match: re.Match[str], text: str, year: Year) -> Read | None:
    printed = match["by1"] if match["by"] else match["by2"]
    if _past(match, text) or match[0].lstrip(" 力争确保取").startswith(("在", "于")):
        return None
    due = year.of(match.start(), printed)
    if year.gone(due) or due is None:
        return None
    return Read(
        "deadline-by-year",
        DeadlineRule.DATE,
        match.start("by1" if match["by"] else "by2"),
        "到该年，取12月31日",
        dt.date(due, 12, 31),
    )


def _plan_end(match: re.Match[str], text: str, year: Year) -> Read | None:
    last = period_end(match[0])
    if last is None or year.gone(last) or _past(match, text):
        return None
    return Read(
        "deadline-by-year", DeadlineRule.DATE, match.start(), f"五年规划末，取{last}年12月31日", dt.date(last, 12, 31)
    )


def _month_day(match: re.Match[str], text: str, year: Year) -> Read | None:
    day = int(match["md"])
    if not 1 <= day <= 31:
        return None
    return Read("deadline-monthly-day", DeadlineRule.MONTHLY, match.start("md"), f"每月{day}日", day=day)


def _days_after(match: re.Match[str], text: str, year: Year) -> Read | None:
    printed = match["an"]
    days = int(printed) if printed.isdigit() else _small(printed)
    head = text[max(0, match.start() - 12) : match.start()]
    if not days or re.search(r"[第\d月每前近当—-]$|不超过$|压缩|缩短|控制在|年$", head):
        return None
    working = "工作" in match["au"]
    return Read(
        "deadline-days-after",
        DeadlineRule.DAYS_AFTER,
        match.start("an"),
        f"{days}个工作日内" if working else f"{days}日内",
        days=days,
        working=working,
    )


def _small(printed: str) -> int:
    """二十 → 20."""
    left, ten, right = printed.partition("十")
    if not ten:
        return _CHINESE.get(printed, 0)
    return (_CHINESE.get(left, 1) if left else 1) * 10 + (_CHINESE.get(right, 0) if right else 0)


READERS: dict[str, Callable[[re.Match[str], str, Year], Read | None]] = {
    "phase": _phase,
    "months": _months,
    "stage": _stage,
    "quarter": _quarter,
    "half": _half,
    "own": _own_period,
    "years": _years,
    "day": _day,
    "yearend": _year_end,
    "by": _by_year,
    "before": _by_year,
    "plan": _plan_end,
    "monthday": _month_day,
    "after": _days_after,
    "cadence": cadences.read_cadence,
    "by_period": cadences.read_by_period,
    "one": cadences.read_one,
    "bare": cadences.read_bare,
    "chain": cadences.read_chain,
    "seasons": cadences.read_seasons,
}

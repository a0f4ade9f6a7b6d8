"""Which years a plan speaks of."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable

from luoshi.extraction.model import Context

_YEAR = re.compile(r"(?<!\d)(20\d\d)\s*年")
_SPAN = re.compile(r"(?<!\d)(20\d\d)\s*年?\s*[-—–－~～至到]+\s*(20\d\d)")
#: “十四五” is 2021–2025; each plan period has five years.
_PLAN_PERIOD = re.compile(r"十([一二三四五六七八九])五")
#: A period that the text prints as its own: 规划期为2026—2030年, 实施期限为2024年至2026年.
_OWN_PERIOD = re.compile(
    r"(?:规划|实施|行动|方案)(?:期限?|年限|周期)[ \u3000]*(?:为|是|：|:)?[ \u3000]*"
    r"(20\d\d)\s*年?\s*[-—–－~～至到]+\s*(20\d\d)"
)
_YEARS_LONG = re.compile(r"([两三四五2-5])年(?:行动|攻坚|提升|倍增|推进|建设|滚动|工作)")
_TAKES_YEARS = re.compile(r"(?:用|通过|经过|利用|力争)[ ]?([两三四五2-5])[ ]?年(?:左右)?(?:的)?(?:时间|努力|内)")
_HEADING_YEAR = re.compile(
    r"[ \u3000]*(?:力争)?(?:到|至)?[ \u3000]*(20\d\d)\s*年(?:底|末)?(?:前|之前)?.{0,4}(?:目标|任务|指标|工作|安排|$)"
)
_NUMBER_YEAR = re.compile(r"[〔\[(（【]\s*(20\d\d)\s*[〕\])）】]")


def read_context(
    title: str, number: str | None, issued_on: dt.date | None, cover_year: int | None, texts: Iterable[str]
) -> Context:
    """The context of a plan's sentences.

    ``year`` is the year of the title, else that of the date or the number, else of the collection's title, else the
    year that the plan's text prints most often. ``last_year`` is the end of the period in the title
    (2023—2025年, “十四五” → 2025) or of the one that the text calls its own (规划期为2026—2030年), else ``year``.
    """
    texts = list(texts)
    signed = issued_on.year if issued_on else None
    numbered = _NUMBER_YEAR.search(number or "")
    own = signed or (int(numbered[1]) if numbered else None)
    span = _SPAN.search(title)
    if span:
        return Context(own or int(span[1]), int(span[2]), issued_on)
    period = _PLAN_PERIOD.search(title)
    if period:
        last = 2010 + 5 * "一二三四五六七八九".index(period[1])  # 十一五 ended in 2010
        return Context(own or last - 4, last, issued_on)
    single = _YEAR.search(title)
    if not single and (printed := _own_period(texts)):
        return Context(own or printed[0], printed[1], issued_on)
    year = int(single[1]) if single else own or cover_year or _commonest(texts)
    until = _years_ahead(title, texts, year) if year is not None and not single else year
    return Context(year, until, issued_on)


def heading_year(title: str, context: Context) -> int | None:
    """The year that a heading sets for what stands below it (到2027年主要目标), within the plan's period."""
    match = _HEADING_YEAR.match(title)
    year = int(match[1]) if match else None
    if year is None or context.year is None or context.last_year is None:
        return None
    return year if context.year <= year <= context.last_year else None


def _years_ahead(title: str, texts: list[str], year: int) -> int:
    """The last year of a plan that says how many years it takes (三年行动方案, 用3年时间), and prints that year."""
    match = _YEARS_LONG.search(title) or next((m for text in texts if (m := _TAKES_YEARS.search(text))), None)
    if match is None:
        return year
    long = int(match[1]) if match[1].isdigit() else " 一两三四五".index(match[1])
    for last in (year + long - 1, year + long):
        if any(re.search(rf"(?:到|至|—|－|-)\s*{last}\s*年", text) for text in texts):
            return last
    return year


def _own_period(texts: Iterable[str]) -> tuple[int, int] | None:
    for text in texts:
        if match := _OWN_PERIOD.search(text):
            return int(match[1]), int(match[2])
    return None


def _commonest(texts: Iterable[str]) -> int | None:
    years = Counter(match for text in texts for match in _YEAR.findall(text))
    return int(max(years, key=lambda year: (years[year], year))) if years else None

"""A stored number as the sheet shows it: percentages, dates, units in the number format (ECMA-376 part 1, 18.8.30)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

_LITERALS = re.compile(r'"([^"]*)"|\\(.)|\[[^\]]*\]|[_*].')
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.I)
_PLACES = re.compile(r"\.([0#?]+)")
_TWELVE_DIGITS = Decimal("1e15")
# Built-in formats that files name without writing them down; 27–36 and 50–58 are dates in Chinese Excel.
BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm",
    17: "yyyy/m", 18: "h:mm", 19: "h:mm:ss", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm", 27: "yyyy/m",
    28: "m/d", 29: "m/d", 30: "m/d/yy", 31: "yyyy/m/d", 32: "h:mm", 33: "h:mm:ss", 34: "h:mm", 35: "h:mm:ss",
    36: "yyyy/m", 37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss",
    50: "yyyy/m", 51: "m/d", 52: "yyyy/m", 53: "m/d", 54: "m/d", 55: "yyyy/m", 56: "m/d", 57: "yyyy/m", 58: "m/d",
}  # fmt: skip


def shown(value: str, code: str, *, from_1904: bool = False, exact: bool = False) -> str:
    """The text for a stored number under a number format.

    Plain numbers carry no trailing zeros and no thousands separators; decimals are rounded to the places that the
    format shows, unless they are wanted ``exact``; dates are ISO, as exact as the format (``2018-03`` where it shows
    no day).
    """
    try:
        number = Decimal(f"{float(value):.15g}")  # Excel itself keeps 15 digits
    except (ValueError, InvalidOperation, OverflowError):
        return value.strip()
    if not number.is_finite():
        return value.strip()
    sections = code.split(";")
    section = sections[1] if number < 0 and len(sections) > 1 else sections[0]
    bare = _LITERALS.sub("", section)
    if not bare or bare.lower() in {"general", "@"} or "general" in bare.lower():
        return _plain(number)
    if _ELAPSED.search(section):
        return _elapsed(number)
    if re.search(r"[ymdhs]", bare, re.I) and "#" not in bare:
        return _date(number, bare.lower(), from_1904) or _plain(number)
    return _formatted(number, section, bare, exact)


def _formatted(number: Decimal, section: str, bare: str, exact: bool) -> str:
    percent = "%" in bare
    if percent:
        number *= 100
    match = _PLACES.search(bare)
    digits = re.search(r"[0#?]", bare)
    scaled = re.search(r"[0#?],+(?![0#?,])", bare)  # "0," shows thousands: the plain value is what is meant
    if (
        not exact
        and digits
        and not scaled
        and "e" not in bare.lower()
        and "/" not in bare
        and abs(number) < _TWELVE_DIGITS
    ):
        places = len(match.group(1)) if match else 0
        rounded = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        if rounded or not number:
            number = rounded
    text = _plain(number) + ("%" if percent else "")
    if not digits or scaled:
        return text
    first, last = section.find(digits.group()), max(section.rfind(char) for char in "0#?%")
    before = "".join(part or "" for part, _ in re.findall(r'"([^"]*)"|(\\.)', section[:first]))
    after = "".join(part or "" for part, _ in re.findall(r'"([^"]*)"|(\\.)', section[last + 1 :]))
    return before + text + after


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def _date(serial: Decimal, code: str, from_1904: bool) -> str | None:
    if not 0 <= serial < 2_958_466:  # the last day of 9999
        return None
    if from_1904:
        origin = datetime(1904, 1, 1)  # noqa: DTZ001  (spreadsheet dates have no zone)
    else:
        # Excel believes in 29 February 1900, so that days before it are one off.
        origin = datetime(1899, 12, 30 if serial >= 60 else 31)  # noqa: DTZ001
    try:
        moment = origin + timedelta(seconds=int((serial * 86400).to_integral_value(ROUND_HALF_UP)))
    except OverflowError:
        return None
    has_day, has_time = "d" in code, "h" in code or "s" in code
    if has_time and not has_day and "y" not in code:
        return moment.strftime("%H:%M:%S" if "s" in code else "%H:%M")
    if not has_day and "y" in code:
        return f"{moment.year:04d}-{moment.month:02d}" if "m" in code else f"{moment.year:04d}"
    text = f"{moment.year:04d}-{moment.month:02d}-{moment.day:02d}"
    return text + moment.strftime(" %H:%M") if has_time else text


def _elapsed(number: Decimal) -> str:
    seconds = int((number * 86400).to_integral_value(ROUND_HALF_UP))
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"

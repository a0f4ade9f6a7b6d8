"""Numbers as people type them, and as cells hold them: exact decimals, never floats."""

from __future__ import annotations

import re
from decimal import Context, Decimal
from functools import lru_cache

from luoshi.forms.errors import ValueProblem
from luoshi.forms.model import Field, FieldType
from luoshi.units import fold

MOST_WHOLE_DIGITS = 15  # what observations, SQLite and Excel hold

_EXACT = Context(prec=100)  # the usual 28 digits would round what has to be refused

_CANONICAL = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{0,5}[1-9])?")
_PLAIN = re.compile(r"([+-]?)([0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_GROUPED = re.compile(r"([+-]?)([0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?|[0-9]{1,3}(?: [0-9]{3})+(?:\.[0-9]*)?)")
_WITH_UNIT = re.compile(r"([+-]?[0-9.][0-9., ]*)(.*)", re.DOTALL)
_LATIN_UNITS = frozenset({"m", "km", "cm", "mm", "g", "kg", "t", "l", "ml", "ha", "w", "kw", "mw", "gw", "kwh", "mwh"})
_SCIENTIFIC = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?[eE][+-]?[0-9]+")
# 千瓦, 千克, 百分点 are units of their own, not thousands and hundreds of something.
_SCALED = re.compile(r"(万亿|千万|百万|十万|亿|万|千|百|十)?(.*)", re.DOTALL)
_WHOLE_UNITS = re.compile(r"千(?:瓦|米|克|卡|伏|帕|焦|赫|升)|百分|百度")
_FACTORS = {
    "": 0, "十": 1, "百": 2, "千": 3, "万": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8, "万亿": 12,
}  # fmt: skip
_NOTHING = frozenset([
    "无", "/", "//", "\\", "-", "--", "---", "—", "——", "–", "―", "~", "_", "*", ".", "空", "暂无", "没有", "不详",
    "缺", "缺报", "未报", "未统计", "无数据", "不适用", "N/A", "n/a", "NA", "na",
])  # fmt: skip
_DASHES = str.maketrans({"－": "-", "−": "-", "﹣": "-", "‐": "-", "‑": "-", "–": "-", "—": "-", "―": "-"})


@lru_cache(maxsize=32768)  # the same texts are looked at by formulas, rules and comparisons
def canonical_number(text: str) -> Decimal | None:
    """The number of a cell's canonical text; ``None`` for anything else."""
    return Decimal(text) if _CANONICAL.fullmatch(text) and text != "-0" else None


def is_kept(text: str, places: int) -> bool:
    """Whether a typed text is just what a column with so many decimals keeps: most are."""
    if canonical_number(text) is None:
        return False
    point = text.find(".")
    if point < 0:
        return len(text) <= MOST_WHOLE_DIGITS
    return point <= MOST_WHOLE_DIGITS and len(text) - point - 1 <= places


def number_text(number: Decimal) -> str:
    """The canonical text of a finite number: no exponent, no trailing zeros, no minus before zero."""
    if not number:
        return "0"
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def is_nothing(text: str) -> bool:
    """Whether a text says "nothing", of which nobody can tell whether it means zero or not known."""
    return text in _NOTHING


def split_unit(unit: str) -> tuple[int, str]:
    """A unit of measure as (power of ten, base): ``万户`` is ``(4, "户")``, ``千瓦`` is ``(0, "千瓦")``."""
    if _WHOLE_UNITS.match(unit):
        return 0, unit
    match = _SCALED.fullmatch(unit)
    scale, base = (match[1] or "", match[2]) if match else ("", unit)
    return _FACTORS[scale], base


def parse_number(field: Field, printed: str) -> str:
    """The canonical text of a number typed into a column, in the column's unit; raises ``ValueProblem``."""
    if is_kept(printed, places_of(field)):
        return printed
    number = _bare(printed)
    if number is not None:  # nearly always
        return _fitting(field, number, printed)
    text = " ".join(printed.replace("，", ",").replace("．", ".").translate(_DASHES).split())
    text = _narrow(text).removeprefix("'").strip()
    if is_nothing(text):
        raise ValueProblem(f"“{printed}”看不出是没有数据还是零：没有数据请留空，数值为零请填 0")
    unit = field.unit_of_measure
    if text[:1] in "¥￥" and "元" in unit:
        text = text[1:].strip()
    number = _bare(text)
    if number is None:
        if _SCIENTIFIC.fullmatch(text):
            raise ValueProblem(f"“{printed}”是科学计数法，可能丢了位数，请填完整的数字")
        number = _with_unit(text, unit, printed, "1234.5" if places_of(field) else "1234")
    return _fitting(field, number, printed)


def _narrow(text: str) -> str:
    return "".join(chr(ord(c) - 0xFEE0) if 0xFF01 <= ord(c) <= 0xFF5E else c for c in text)


def _bare(text: str) -> Decimal | None:
    if len(text) > 60:
        return None
    match = _PLAIN.fullmatch(text) or _GROUPED.fullmatch(text)
    return Decimal(match[1] + match[2].replace(",", "").replace(" ", "")) if match else None


def _with_unit(text: str, unit: str, printed: str, example: str) -> Decimal:
    match = _WITH_UNIT.fullmatch(text)
    number = _bare(match[1].strip()) if match else None
    if match is None or number is None:
        if re.fullmatch(r"[+-]?[0-9][0-9,. ]*", text):
            raise ValueProblem(f"“{printed}”的分节或小数点有误，请填如 {example} 或 1,{example[1:]} 的数字")
        raise ValueProblem(f"“{printed[:40]}”不是数字，请只填数字，如 {example}")
    suffix = fold(match[2])
    power, base = split_unit(suffix)
    own_power, own_base = split_unit(fold(unit))
    if suffix == fold(unit):
        return number
    if base and base != own_base and re.fullmatch(r"[a-z]+", base) and base not in _LATIN_UNITS:
        # 15x: a slip of the hand and no unit of measure that could be converted.
        raise ValueProblem(f"“{printed[:40]}”不是数字，请只填数字，如 {example}")
    if not unit and base:
        raise ValueProblem(f"本列没有计量单位，“{printed[:40]}”请只填数字")
    if base and base != own_base:
        raise ValueProblem(f"本列的单位是“{unit}”，“{printed[:40]}”的单位对不上，请换算后只填数字")
    if not base and own_base.startswith(("%", "‰", "百分")):
        raise ValueProblem(f"本列的单位是“{unit}”，请只填数字")
    # 12万 in a column of 万户 can only mean 12万户: the number is in the base unit once the 万 is applied.
    return number.scaleb(power - own_power, _EXACT)


def places_of(field: Field) -> int:
    """How many decimals a numeric column takes."""
    return 0 if field.type is FieldType.INTEGER else field.decimals


def _fitting(field: Field, number: Decimal, printed: str) -> str:
    text = number_text(number)
    whole, _, fraction = text.removeprefix("-").partition(".")
    if len(whole) > MOST_WHOLE_DIGITS:
        raise ValueProblem(f"“{printed[:40]}”超过{MOST_WHOLE_DIGITS}位，请核对")
    places = places_of(field)
    if len(fraction) > places:
        unit = field.unit_of_measure
        shown = text + unit if text != printed.strip() else printed.strip()
        if places == 0:
            raise ValueProblem(f"“{shown[:60]}”有小数，本格只填整数" + (f"（{unit}）" if unit else ""))
        raise ValueProblem(f"“{shown[:60]}”有{len(fraction)}位小数，本格最多{places}位，请按要求取舍后再填")
    return text

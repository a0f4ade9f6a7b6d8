"""Numbers as plans print them: ``1.5万户``, ``180 亿元``, ``两千亿``, ``百分之五点五``, ``2户至3户``, ``2.5:1``.

``scan_quantities`` looks once over a text and gives every number with a unit, in base units (万, 亿, 千, 百 are
multiplied out). cn2an is not used: it fails on 一点二万亿, 百分之五点五 and 三分之二, which plans do print.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from luoshi.extraction.dimensions import UNIT, base_unit

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
_TENS = {"十": Decimal(10), "百": Decimal(100), "千": Decimal(1000)}
_MYRIADS = {"万": Decimal(10_000), "亿": Decimal(100_000_000)}
# 6 300个: a thin blank parts the thousands (GB/T 15835), behind a word, where no list number can stand
_BLANK_THOUSANDS = re.compile(r"(?<=[\u4e00-\u9fff])\d{1,3}(?:[ \u2009\u00a0]\d{3}){1,3}(?=[ ]?[\u4e00-\u9fff])")
# 2 .5万亩, 14. 8%: recognition put a blank beside the point
_BLANK_POINT = re.compile(r"(?<=[\u4e00-\u9fff])\d{1,5}(?: \.|\. )\d{1,4}(?=[ ]?[万亿%])")
_AND = re.compile(r"(?<=[\u4e00-\u9fff％%） ])and(?=[ ]?[\u4e00-\u9fff\d“])")
_ARABIC_NUMBER = re.compile(r"\d{1,15}(?:,\d{3}){0,4}(?:\.\d{1,6})?")
_WIDE = str.maketrans("０１２３４５６７８９．％", "0123456789.%")
_HAS_WIDE = re.compile(r"[０-９．％]")

_AR = r"(?<![\d.])(?:\d{1,3}(?:,\d{3}){1,4}(?![\d,])|\d{1,15})(?:\.\d{1,6})?(?![\d.])"
_SCALE = r"[ \u3000]?[十百千万亿]{1,3}(?![瓦米克])"
_ONES = "零〇一二三四五六七八九"
_CN = (
    r"(?<![一二两三四五六七八九十百千万亿第每])"
    rf"[{_ONES}两十百千万亿]{{1,14}}(?:点[{_ONES}]{{1,6}}[万亿]{{0,2}})?"
)
_TO = r"[ \u3000]?(?:—{1,2}|–|-|－|~|～|至|到)[ \u3000]?"
_GAP = r"[ \u3000]?"
# The look-ahead names every character with which an alternative begins: most positions are left at once.
_QUANTITY = re.compile(
    rf"(?=[0-9{_ONES}两十百千万亿半翻])(?:"
    rf"(?P<share>百分之(?P<percent>{_AR}|[{_ONES}两十百]{{1,5}}(?:点[{_ONES}]{{1,4}})?))"
    rf"|(?P<fraction>(?P<below>[二三四五六七八九十]{{1,2}})分之(?P<above>[一二两三四五六七八九十]{{1,2}}))"
    rf"|(?P<half>(?:一半|半数)(?=以上)|(?<=[过达])(?:一半|半数))"
    rf"|(?P<times>翻(?P<doublings>[一两二三])?番)"
    rf"|(?P<ratio>(?P<left>{_AR}){_GAP}[:：∶]{_GAP}1(?![\d.]))"
    rf"|(?P<a>{_AR})(?P<sa>{_SCALE})?"
    rf"(?:(?:{_GAP}(?P<ua>{UNIT}))?{_TO}(?P<b>{_AR})(?P<sb>{_SCALE})?)?"
    rf"(?:{_GAP}(?P<unit>{UNIT}))?"
    rf"|(?P<ca>{_CN})(?:(?:(?P<cua>{UNIT}))?{_TO}(?P<cb>{_CN}))?"
    rf"(?P<cunit>{UNIT}|(?<=[百千万]亿)(?=级|园区|产业)))"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A printed number with its unit.

    ``value`` (and ``value_max`` of a range) are in base units. ``unit`` is empty where none is printed. ``chinese``
    tells that the number is written in Chinese numerals. ``form`` is ``number``, ``share`` (百分之), ``fraction``,
    ``half``, ``doubling`` (翻番), ``tenths`` (成) or ``ratio``.
    """

    start: int
    end: int
    value: Decimal
    value_max: Decimal | None
    unit: str
    chinese: bool = False
    scale: Decimal = Decimal(1)
    form: str = "number"


def narrow(text: str) -> str:
    """The text with full-width digits, points and percent signs made half-width; every character keeps its place."""
    return text.translate(_WIDE) if _HAS_WIDE.search(text) else text


def with_conjunctions(text: str) -> str:
    """The text with ``and`` between Chinese words (recognition's reading of 和) set right; every character keeps its
    place."""
    return _AND.sub(" 和 ", text) if "and" in text else text


def _without_blanks(text: str) -> str:
    """The text with blanks inside of numbers filled up; every character keeps its place."""
    text = _BLANK_THOUSANDS.sub(lambda match: re.sub(r"\D", ",", match[0]), text)
    return _BLANK_POINT.sub(lambda match: "0" + match[0].replace(" ", ""), text)


def read_numeral(printed: str) -> Decimal | None:
    """The value of a numeral, Arabic, Chinese or mixed (``1.2万亿``, ``一点二万亿``, ``3千5百``, ``二〇二六``).

    ``None`` where the text is no numeral.
    """
    text = narrow(printed).replace(" ", "").replace("\u3000", "")
    if text == "半":
        return Decimal("0.5")
    total, section, number = Decimal(0), Decimal(0), None
    last, place, index = Decimal(0), Decimal(0), 0
    seen = False
    while index < len(text):
        char = text[index]
        if match := _ARABIC_NUMBER.match(text, index):
            if number is not None:
                return None
            number, index, seen = Decimal(match[0].replace(",", "")), match.end(), True
            continue
        if char in _DIGITS:
            digit = Decimal(_DIGITS[char])
            if place:
                number = (number or Decimal(0)) + digit * place
                place /= 10
            else:
                number = digit if number is None else number * 10 + digit
        elif char == "点" and number is not None and not place:
            place = Decimal("0.1")
        elif char in _TENS:
            section += (Decimal(1) if number is None else number) * _TENS[char]
            number, place = None, Decimal(0)
        elif char in _MYRIADS:
            section += number or Decimal(0)
            if not section and not total:
                section = Decimal(1)
            big = _MYRIADS[char]
            total = (total + section) * big if big > last else total + section * big
            section, number, place, last = Decimal(0), None, Decimal(0), big
        else:
            return None
        seen = True
        index += 1
    return total + section + (number or Decimal(0)) if seen else None


def _scale(printed: str | None) -> Decimal:
    """The factor that characters like 万亿 after an Arabic number stand for."""
    factor = Decimal(1)
    for char in (printed or "").strip():
        factor *= _TENS.get(char) or _MYRIADS[char]
    return factor


def scan_quantities(text: str) -> list[Quantity]:
    """Every number of a text, in order; those without a unit (years, list heads) have ``unit == ""``."""
    found = []
    text = narrow(text)
    if " " in text:
        text = _without_blanks(text)
    for match in _QUANTITY.finditer(text):
        quantity = _quantity(match)
        if quantity is not None and quantity.unit == "成":
            quantity = _tenths(quantity)
        if quantity is not None:
            found.append(quantity)
    return found


def _tenths(quantity: Quantity) -> Quantity:
    """4成 is 40 %."""
    top = None if quantity.value_max is None else quantity.value_max * 10
    return replace(quantity, value=quantity.value * 10, value_max=top, unit="%", form="tenths")


def _quantity(match: re.Match[str]) -> Quantity | None:
    start, end = match.span()
    if match["a"] is not None:
        return _arabic(match)
    if match["ca"] is not None:
        value = read_numeral(match["ca"])
        top = read_numeral(match["cb"]) if match["cb"] else None
        if value is None:
            return None
        return Quantity(start, end, value, top, base_unit(match["cunit"] or "元"), chinese=True)
    if match["share"]:
        value = read_numeral(match["percent"])
        return None if value is None else Quantity(start, end, value, None, "%", form="share")
    if match["fraction"]:
        below, above = read_numeral(match["below"]), read_numeral(match["above"])
        if not below or not above:
            return None
        percent = (above * 100 / below).quantize(Decimal("0.0001")).normalize()
        return Quantity(start, end, percent + 0, None, "%", chinese=True, form="fraction")
    if match["half"]:
        return Quantity(start, end, Decimal(50), None, "%", chinese=True, form="half")
    if match["times"]:
        power = int(read_numeral(match["doublings"] or "一") or 1)
        return Quantity(start, end, Decimal(2**power), None, "倍", chinese=True, form="doubling")
    return Quantity(start, end, Decimal(match["left"].replace(",", "")), None, ":1", form="ratio")


def _arabic(match: re.Match[str]) -> Quantity:
    value = Decimal(match["a"].replace(",", ""))
    low = high = _scale(match["sa"])
    top = None
    if match["b"] is not None:
        top = Decimal(match["b"].replace(",", ""))
        high = _scale(match["sb"])
        if match["sa"] is None and match["ua"] is None:
            low = high  # 2—3万户: both ends share the 万
        top *= high
    value *= low
    unit = match["unit"] or ""
    if match["ua"] and unit and base_unit(match["ua"]) != base_unit(unit):
        top = None
    if top is not None and top <= value:
        top = None
    return Quantity(*match.span(), value, top, base_unit(unit), scale=high)

"""Numbers as Word prints them before automatically numbered paragraphs (ECMA-376 part 1, 17.18.59 ST_NumberFormat)."""

from __future__ import annotations

from collections.abc import Callable

_DIGITS = "〇一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


def chinese(
    number: int, *, digits: str = "零一二三四五六七八九", units: tuple[str, ...] = ("", "十", "百", "千")
) -> str:
    """1 to 99999 as 一、十一、一百零五; leading 一十 is 十 unless the digits are the legal ones (壹拾)."""
    if not 0 < number < 100_000:
        return str(number)
    if number >= 10_000:
        rest = number % 10_000
        zero = digits[0] if 0 < rest < 1000 else ""
        tail = chinese(rest, digits=digits, units=units) if rest else ""
        if tail.startswith(units[1]):
            tail = digits[1] + tail
        return digits[number // 10_000] + "万" + zero + tail
    text, pending = "", False
    for position in (3, 2, 1, 0):
        digit = number // 10**position % 10
        if digit:
            text += (digits[0] if pending and text else "") + digits[digit] + units[position]
            pending = False
        elif text:
            pending = True
    if 10 <= number < 20 and digits[1] == "一":
        text = text[1:]
    return text


def _chinese_counting(number: int) -> str:
    """Up to 99 as spoken, from 100 on digit by digit (一〇五), as the standard's ``chineseCounting`` says."""
    return chinese(number) if number < 100 else _digital(number)


def _digital(number: int) -> str:
    return "".join(_DIGITS[int(digit)] for digit in str(number))


def _legal(number: int) -> str:
    return chinese(number, digits=_LEGAL, units=("", "拾", "佰", "仟"))


def _full_width(number: int) -> str:
    return "".join(chr(0xFF10 + int(digit)) for digit in str(number))


def _letter(number: int) -> str:
    """A … Z, AA, BB … as Word goes on after Z."""
    return chr(65 + (number - 1) % 26) * min((number - 1) // 26 + 1, 30)


def _roman(number: int) -> str:
    if number >= 4000:
        return str(number)
    text = ""
    for value, letters in _ROMAN:
        text += letters * (number // value)
        number %= value
    return text


def _circle(number: int) -> str:
    if number <= 20:
        return chr(0x2460 + number - 1)
    if number <= 35:
        return chr(0x3251 + number - 21)
    if number <= 50:
        return chr(0x32B1 + number - 36)
    return str(number)


def _from(start: int, count: int, otherwise: Callable[[int], str] = str) -> Callable[[int], str]:
    return lambda number: chr(start + number - 1) if number <= count else otherwise(number)


_FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalHalfWidth": str,
    "decimalZero": lambda number: f"{number:02d}",
    "decimalFullWidth": _full_width,
    "decimalFullWidth2": _full_width,
    "chineseCounting": _chinese_counting,
    "chineseCountingThousand": chinese,
    "japaneseCounting": chinese,
    "taiwaneseCounting": _chinese_counting,
    "taiwaneseCountingThousand": chinese,
    "koreanCounting": chinese,
    "chineseLegalSimplified": _legal,
    "ideographLegalTraditional": _legal,
    "japaneseLegal": _legal,
    "ideographDigital": _digital,
    "japaneseDigitalTenThousand": _digital,
    "taiwaneseDigital": _digital,
    "ideographTraditional": lambda number: _STEMS[number - 1] if number <= 10 else str(number),
    "ideographZodiac": lambda number: _BRANCHES[number - 1] if number <= 12 else str(number),
    "ideographEnclosedCircle": _from(0x3280, 10, _circle),
    "decimalEnclosedCircle": _circle,
    "decimalEnclosedCircleChinese": _circle,
    "decimalEnclosedParen": _from(0x2474, 20, lambda number: f"({number})"),
    "decimalEnclosedFullstop": _from(0x2488, 20, lambda number: f"{number}."),
    "upperLetter": _letter,
    "lowerLetter": lambda number: _letter(number).lower(),
    "upperRoman": _roman,
    "lowerRoman": lambda number: _roman(number).lower(),
    "numberInDash": lambda number: f"- {number} -",
}


def numeral(number: int, kind: str) -> str:
    """``number`` in Word's number format ``kind``; kinds that are not known print as plain digits."""
    if number <= 0:
        return "〇" if kind in {"chineseCounting", "ideographDigital"} and number == 0 else str(number)
    return _FORMATS.get(kind, str)(number)

"""Printed numbers and texts of cells, as far as reading scoring tables needs them."""

from __future__ import annotations

import re
from decimal import Decimal

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x00A0: 0x20}
_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"两": 2}
#: A number as tables print it: Arabic, or a short Chinese one.
NUMBER = r"(?:\d{1,12}(?:\.\d{1,6})?|半|[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])"
#: Where a list within a cell begins anew.
MARKER = re.compile(r"(?:[①-⑳]|[(（]\d{1,2}[)）]|\d{1,2}[.、．](?!\d)|[一二三四五六七八九十]{1,2}[是、])")


def narrow(text: str) -> str:
    """Full-width letters, digits and signs made half-width, blanks taken out; line ends stay."""
    text = text.translate(_WIDE)
    return re.sub(r"[^\S\n]+", "", text).strip("\n")


def one_line(text: str) -> str:
    """A cell's text without the line ends that only the width of its column made."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    out = ""
    for line in lines:
        out += ("\n" if out and (MARKER.match(narrow(line)) or out[-1] in "。；;") else "") + line
    return out


def number_of(text: str) -> Decimal:
    """What a text of ``NUMBER`` means."""
    if text[0].isdigit() and text.isascii():
        return Decimal(text)
    if text == "半":
        return Decimal("0.5")
    if "十" in text:
        tens, _, ones = text.partition("十")
        return Decimal((_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0))
    return Decimal(_DIGITS[text])


_POINTS = re.compile(r"(?:满分|总分|计|占|共|最高|[+])?(\d{1,4}(?:\.\d{1,3})?)(分|%)?")
_IN_TEXT = re.compile(
    r"[(（\[【](?:满分|共|计|占|分值|权重)?[:：]?(\d{1,3}(?:\.\d{1,2})?)(分|%)[)）\]】]|[:：]?(\d{1,3}(?:\.\d{1,2})?)分$"
)


def points_cell(text: str) -> Decimal | None:
    """The points that a cell of a points column gives; ``None`` for anything else than one number."""
    found = _POINTS.fullmatch(narrow(text).strip("()[]【】"))
    return Decimal(found[1]) if found else None


def points_in(text: str) -> tuple[Decimal | None, str]:
    """Points printed within a title (``稳增长（20分）``), and the title without them."""
    plain = narrow(text)
    found = _IN_TEXT.search(plain)
    if not found:
        return None, text.strip()
    rest = (plain[: found.start()] + plain[found.end() :]).strip(" :：")
    return Decimal(found[1] or found[3]), rest or plain


def decimal_words(number: Decimal) -> str:
    """A number as it is written in a scheme."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def plain_number(number: Decimal) -> int | Decimal:
    """The same as data: whole numbers as such."""
    return int(number) if number == number.to_integral_value() else number.normalize()

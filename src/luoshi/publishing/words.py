"""Text whose numbers know where they come from."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a number comes from; all in the words of a person who checks it.

    ``indicator`` is what was measured or counted, ``measure`` its unit of measure, ``source`` 自报, 统计 or 认定,
    ``observation`` the key of the stored value(s), ``rule`` how it was worked out from them.
    """

    indicator: str
    unit: str = ""
    period: str = ""
    measure: str = ""
    source: str = ""
    observation: str = ""
    rule: str = ""

    def told(self) -> str:
        """In one line: 固定资产投资，永安县，2026年9月，统计；完成数÷目标数."""
        head = "，".join(part for part in (self.indicator, self.unit, self.period, self.source) if part)
        return f"{head}；{self.rule}" if self.rule else head


REFERENCE_FIELDS = tuple(field.name for field in fields(Reference))


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as it is printed (``text``), unrounded (``value``), and its reference."""

    text: str
    reference: Reference
    value: Decimal | None = None


Piece = str | Figure
Words = tuple[Piece, ...]


def words(*pieces: Piece | Sequence[Piece]) -> Words:
    """Pieces joined; neighbouring texts become one, empty ones and control characters vanish."""
    flat: list[Piece] = []
    for piece in pieces:
        for part in (piece,) if isinstance(piece, str | Figure) else piece:
            if isinstance(part, str):
                clean = cleaned(part)
                if not clean:
                    continue
                if flat and isinstance(flat[-1], str):
                    flat[-1] += clean
                    continue
                flat.append(clean)
            else:
                flat.append(part)
    return tuple(flat)


def cleaned(text: str) -> str:
    """Without control characters (a line break stays) and private ones, which mark figures while a file is made."""
    return "".join(char for char in text if char == "\n" or unicodedata.category(char) not in ("Cc", "Co", "Cs", "Cn"))


def plain(text: Words | Piece) -> str:
    """What is read on paper."""
    if isinstance(text, str):
        return text
    return text.text if isinstance(text, Figure) else "".join(plain(piece) for piece in text)


def joined(separator: str, items: Iterable[Words | Piece]) -> Words:
    """Items with a separator between them."""
    out: list[Piece] = []
    for place, item in enumerate(items):
        if place:
            out.append(separator)
        out.extend((item,) if isinstance(item, str | Figure) else item)
    return words(out)

"""Numbers as official Chinese prints them (GB/T 15835-2011: Arabic digits for what is measured and counted)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
WAN, YI = Decimal(10**4), Decimal(10**8)
MINUS = "-"


def rounded(value: Decimal, places: int) -> Decimal:
    """Half up, never a negative zero."""
    found = value.quantize(Decimal(1).scaleb(-places), context=_EXACT)
    return found if found else abs(found)


def number(value: Decimal, places: int = 2, *, fixed: bool = False) -> str:
    """At most so many places, with ``fixed`` exactly so many; no exponent, no thousands separators (running text of
    official documents has none)."""
    kept = rounded(value, places)
    if not fixed:
        kept = kept.normalize(_EXACT)
    return f"{kept:f}" if kept else f"{abs(kept):f}"


def percent(part: Decimal, places: int = 1) -> str:
    """0.456 → ``45.6%``."""
    return f"{number(part * 100, places)}%"


def points(part: Decimal, places: int = 1) -> str:
    """A difference of shares without its sign: 0.032 → ``3.2个百分点``."""
    return f"{number(abs(part) * 100, places)}个百分点"


def scaled(value: Decimal, measure: str) -> tuple[Decimal, str]:
    """A large amount in 万 or 亿 of its unit of measure: (12345678, 元) → (1234.5678, 万元).

    Units that name a scale already (万元), and shares, stay as they are.
    """
    if not measure or measure[0] in "万亿%‰":
        return value, measure
    if abs(value) >= YI:
        return value / YI, f"亿{measure}"
    return (value / WAN, f"万{measure}") if abs(value) >= WAN else (value, measure)


def is_number(text: str) -> bool:
    """Whether a cell of a table holds a number, so that it stands on the right."""
    bare = text.strip().rstrip("%‰").replace(",", "").replace("，", "").lstrip("+-−")
    return bool(bare) and bare.replace(".", "", 1).isdecimal()

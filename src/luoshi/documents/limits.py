"""How much a file may hold: what keeps a hostile file from eating the machine."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one reading; going over any of them raises ``DocumentTooLarge``.

    ``unpacked_bytes`` is what all members of a zip package declare together, ``xml_bytes`` one XML part that is held
    as a tree (about eight times its size in memory). ``ratio`` is unpacked to packed size of the whole package and
    only counts above ``ratio_from`` unpacked bytes: a small XML of blanks packs extremely well and harms nobody.
    ``cells`` counts the grid positions of all tables together, covered ones included.
    """

    file_bytes: int = 64 * MIB
    unpacked_bytes: int = 512 * MIB
    xml_bytes: int = 64 * MIB
    ratio: int = 200
    ratio_from: int = 16 * MIB
    members: int = 20_000
    pages: int = 5_000
    lines: int = 2_000_000
    cells: int = 4_000_000

"""One form for all the ways in which a name is printed: width, white space, kinds of bracket."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

# After NFKC, （ ） ［ ］ ＜ ＞ are already ( ) [ ] < >. Book-title marks 《》 stay: they are part of names.
_BRACKETS = str.maketrans({"〈": "(", "〉": ")", "<": "(", ">": ")", "[": "(", "]": ")", "〔": "(", "〕": ")",
                           "【": "(", "】": ")", "﹑": "、"})  # fmt: skip


@lru_cache(maxsize=65536)
def _fold_character(character: str) -> str:
    """A character's folded form: none for white space and for characters that are not seen."""
    folded = unicodedata.normalize("NFKC", character).translate(_BRACKETS)
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) not in ("Cf", "Cc"))


def fold(text: str) -> str:
    """The comparable form of a printed name; ``fold(fold(text)) == fold(text)``."""
    return "".join(map(_fold_character, text))


def fold_with_positions(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters the offset in ``text`` of the character that it came from."""
    folded: list[str] = []
    positions: list[int] = []
    for offset, character in enumerate(text):
        piece = _fold_character(character)
        folded.append(piece)
        positions.extend([offset] * len(piece))
    return "".join(folded), positions

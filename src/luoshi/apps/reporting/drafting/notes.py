"""The remarks (注、说明) that stand below a table, and what is printed above it."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NOTE = re.compile(r"^(?:注|说明|备注|填表说明|填报说明)\s*[0-9一二三:：．.、]")
_STOP = re.compile(r"^\s*附\s*(?:件|表)\s*\d*\s*[:：]?\s*\d*|^[一二三四五六七八九十]+、|^（[一二三四五六七八九十]+）")
_MOST = 16  # lines below a table in which its remarks may begin and end


def table_notes(lines: Sequence[str]) -> str:
    """The remarks in the lines that follow a table, joined to one text; empty where there are none.

    ``lines`` begin with the one after the table. The remarks end at the next annex or numbered heading.
    """
    found: list[str] = []
    for line in lines[:_MOST]:
        text = line.strip()
        if _STOP.match(text):
            break
        if found or _NOTE.match(text):
            found.append(text)
    return "".join(found)

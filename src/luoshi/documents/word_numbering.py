"""Automatic numbers of Word paragraphs, which stand nowhere in the text but in ``numbering.xml`` (ECMA-376, 17.9)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from lxml import etree

from luoshi.documents.markup import is_on, to_int
from luoshi.documents.numerals import numeral
from luoshi.documents.word_styles import Styles
from luoshi.documents.word_xml import VAL, W

_PLACE = re.compile(r"%([1-9])")
_LAST_LEVEL = 8


@dataclass(frozen=True, slots=True)
class Level:
    """One of the nine levels of a list; ``restart`` is the 1-based level whose step restarts this one (0: never)."""

    start: int = 1
    kind: str = "decimal"
    text: str = ""
    restart: int | None = None
    legal: bool = False
    suffix: str = "tab"
    style: str | None = None


class Numbering:
    """The lists of one document, with their counters; ask ``label`` once for each paragraph, in order."""

    def __init__(self, root: etree._Element | None, styles: Styles) -> None:
        self._abstract: dict[str, dict[int, Level]] = {}
        self._lists: dict[str, str] = {}  # list (numId) → abstract list, whose counters it shares
        self._overrides: dict[str, dict[int, Level]] = {}
        self._starts: dict[str, dict[int, int]] = {}
        self._counters: dict[str, dict[int, int]] = {}
        self._begun: set[str] = set()
        if root is not None:
            self._load(root, styles)

    def _load(self, root: etree._Element, styles: Styles) -> None:
        by_style: dict[str, str] = {}
        links: dict[str, str] = {}
        for abstract in root.iterfind(f"{W}abstractNum"):
            key = abstract.get(f"{W}abstractNumId") or ""
            self._abstract[key] = _levels(abstract)
            own = abstract.find(f"{W}styleLink")
            if own is not None:
                by_style[own.get(VAL) or ""] = key
            link = abstract.find(f"{W}numStyleLink")
            if link is not None:
                links[key] = link.get(VAL) or ""
        for entry in root.iterfind(f"{W}num"):
            number_id = entry.get(f"{W}numId") or ""
            target = entry.find(f"{W}abstractNumId")
            key = (target.get(VAL) or "") if target is not None else ""
            if key in links:  # the list's levels are kept with a numbering style
                key = by_style.get(links[key], key)
            self._lists[number_id] = key
            for override in entry.iterfind(f"{W}lvlOverride"):
                level = to_int(override.get(f"{W}ilvl"))
                own_levels = _levels(override)
                if level in own_levels:
                    self._overrides.setdefault(number_id, {})[level] = own_levels[level]
                start = override.find(f"{W}startOverride")
                if start is not None:
                    self._starts.setdefault(number_id, {})[level] = to_int(start.get(VAL), 1)

    def label(self, number_id: str, level: int | None, style: str | None) -> str:
        """The number (with the blank after it, if any) of the next paragraph of a list; empty if it has none.

        ``level`` is 0-based; ``None`` means the level that the list binds to the paragraph's style.
        """
        key = self._lists.get(number_id)
        if key is None or number_id == "0":
            return ""
        if level is None:
            bound = (i for i, entry in self._abstract.get(key, {}).items() if style and entry.style == style)
            level = next(bound, 0)
        level = max(0, min(level, _LAST_LEVEL))
        own = self._level(number_id, key, level)
        if own is None:
            return ""
        counters = self._counters.setdefault(key, {})
        if number_id not in self._begun:
            self._begun.add(number_id)
            for i, start in self._starts.get(number_id, {}).items():
                counters[i] = start - 1
        counters[level] = counters[level] + 1 if level in counters else own.start
        for deeper in [other for other in counters if other > level]:
            entry = self._level(number_id, key, deeper)
            restart = entry.restart if entry else None
            if restart is None or level < restart:
                del counters[deeper]
        return self._print(number_id, key, own, counters)

    def _level(self, number_id: str, key: str, level: int) -> Level | None:
        return self._overrides.get(number_id, {}).get(level) or self._abstract.get(key, {}).get(level)

    def _print(self, number_id: str, key: str, own: Level, counters: dict[int, int]) -> str:
        if own.kind == "none" and "%" in own.text:
            return ""
        if own.kind == "bullet":
            text = "".join("•" if "\ue000" <= char <= "\uf8ff" else char for char in own.text)
        else:

            def fill(match: re.Match[str]) -> str:
                level = int(match.group(1)) - 1
                entry = self._level(number_id, key, level)
                if entry is None or entry.kind in {"none", "bullet"}:
                    return ""
                kind = "decimal" if own.legal else entry.kind
                return numeral(counters.get(level, entry.start), kind)

            text = _PLACE.sub(fill, own.text)
        if not text.strip() or own.suffix == "nothing":
            return text.strip()
        # Word sets a tab or a blank here; after 一、 or （一） neither is part of what one reads.
        return text.rstrip() + (" " if text.rstrip()[-1].isalnum() or own.kind == "bullet" else "")


def _levels(parent: etree._Element) -> dict[int, Level]:
    found: dict[int, Level] = {}
    for entry in parent.iterfind(f"{W}lvl"):
        level = Level()
        for child in entry:
            value = child.get(VAL)
            if child.tag == f"{W}start":
                level = replace(level, start=to_int(value, 1))
            elif child.tag == f"{W}numFmt":
                level = replace(level, kind=value or "decimal")
            elif child.tag == f"{W}lvlText":
                level = replace(level, text=value or "")
            elif child.tag == f"{W}lvlRestart":
                level = replace(level, restart=to_int(value))
            elif child.tag == f"{W}isLgl":
                level = replace(level, legal=is_on(child, VAL))
            elif child.tag == f"{W}suff":
                level = replace(level, suffix=value or "tab")
            elif child.tag == f"{W}pStyle":
                level = replace(level, style=value)
            elif child.tag.endswith("}AlternateContent"):  # how newer Word writes formats like "001"
                formats = [node.get(VAL) for node in child.iter(f"{W}numFmt")]
                if formats:
                    level = replace(level, kind=formats[-1] or "decimal")
        found[to_int(entry.get(f"{W}ilvl"))] = level
    return found

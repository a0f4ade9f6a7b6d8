"""Reading one printed name: known as it stands, else by the forms in which documents vary known names."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from rapidfuzz import fuzz, process

from luoshi.units import patterns
from luoshi.units.folding import fold
from luoshi.units.lexicon import Lexicon
from luoshi.units.model import NameKind, Resolution

LONGEST = 2000  # characters; the longest printed list of units known has about 500
DEPTH = 4  # bracket in a list in a bracket: deeper is noise
NEAREST = 5
NEAREST_FROM = 60.0  # similarity below which a name is no help to a reader
NEAREST_LONGEST = 80
ABBREVIATION = 90.0  # likeness of 州文旅局 to 州文化和旅游局
ABBREVIATION_SHORTEST = 3
OUTDATED = 15.0  # taken from the likeness of a name that was not borne at the date

Nearest = tuple[tuple[str, tuple[str, ...], float], ...]


class Resolver:
    """Resolves names against a lexicon; ``resolve`` never raises."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        # Names whose unit(s) are known: an open group is no help to someone who looks for the right unit.
        self._suggested = {
            folded: entries[0] for folded, entries in lexicon.entries.items() if any(entry.keys for entry in entries)
        }

    def resolve(self, name: str, date: dt.date | None = None) -> Resolution:
        """What ``name`` means at ``date``; an unknown one comes with the nearest known names."""
        folded = fold(name)
        if folded and len(folded) <= LONGEST:
            found = self._read(folded, date, 0) or self._with_rank_before(folded, date)
            if found is not None:
                return replace(found, name=name)
        return Resolution(name=name, keys=(), nearest=self._nearest(folded, date))

    def _read(self, name: str, date: dt.date | None, depth: int) -> Resolution | None:
        """A name as it stands or by one of its forms; ``None`` if unknown. ``depth`` bounds the nesting."""
        if not name or depth > DEPTH:
            return None
        return (
            self._exact(name, date)
            or self._county_group(name, date)
            or self._government(name, date)
            or self._full_name(name, date)
            or self._post(name, date, depth)
            or self._bracket(name, date, depth)
            or self._list(name, date, depth)
        )

    def _exact(self, name: str, date: dt.date | None) -> Resolution | None:
        readings, outdated = self._lexicon.choose(name, date)
        if not readings:
            return None
        first = readings[0]
        others = tuple((entry.name, entry.keys, 100.0) for entry in readings) if len(readings) > 1 else ()
        keys = first.keys if self._lexicon.is_clear(readings) else ()
        return Resolution(name, keys, matched=first.name, kind=first.kind, outdated=outdated, nearest=others)

    def _county_group(self, name: str, date: dt.date | None) -> Resolution | None:
        """Members by kind as of the date; a printed number that fits no such set leaves the members open."""
        group = patterns.county_group(name)
        if group is None:
            return None
        kinds = ["county"] + ["county-city"] * group.cities + ["district"] * group.districts
        sets = [self._lexicon.territories(kinds, date)]
        if group.count is not None:
            # “10 县人民政府” for ten counties and cities; “11个县市区” with the zone among them.
            sets.append(self._lexicon.territories(patterns.COUNTY_KINDS, date))
            if group.districts:
                sets.append(self._lexicon.territories((*patterns.COUNTY_KINDS, "zone"), date))
            fitting = next((keys for keys in sets if len(keys) == group.count), ())
            if not fitting:
                offer: Nearest = ((group.label, sets[-1], 90.0),) if sets[-1] else ()
                return Resolution(name, (), kind=NameKind.GROUP, nearest=offer)
            misprint = group.misprint or fitting != sets[0]
            sets = [fitting]
        else:
            misprint = group.misprint
        if not sets[0]:
            return None
        return Resolution(name, sets[0], matched=group.label, kind=NameKind.MISPRINT if misprint else NameKind.GROUP)

    def _government(self, name: str, date: dt.date | None) -> Resolution | None:
        for base in patterns.territory_of(name):
            found = self._exact(base, date)
            if found is not None and self._is_territory(found):
                return replace(found, name=name)
        return None

    def _is_territory(self, found: Resolution) -> bool:
        """Whether every reading of a resolution is one territory."""
        readings = [found.keys] if found.keys else [keys for _, keys, _ in found.nearest]
        return bool(readings) and all(
            len(keys) == 1 and self._lexicon.units[keys[0]].kind in patterns.TERRITORY_KINDS for keys in readings
        )

    def _full_name(self, name: str, date: dt.date | None) -> Resolution | None:
        """``某某州财政局`` where only ``州财政局`` is known, and ``某某彝族自治州…`` the same."""
        home = self._lexicon.prefecture
        if home is None:
            return None
        for head in (fold(home.name), fold(home.short_name)):
            if head and name.startswith(head) and len(name) > len(head) + 1:
                found = self._exact(head[-1] + name[len(head) :], date)
                if found is not None:
                    return replace(found, name=name)
        return None

    def _with_rank_before(self, name: str, date: dt.date | None) -> Resolution | None:
        """``工业和信息化局`` in a list whose first name alone prints the 州."""
        home = self._lexicon.prefecture
        if (
            home is None
            or len(name) < 3
            or not home.short_name
            or not patterns.names_an_organ(name)
            or patterns.is_bare_government(name)
        ):
            return None
        found = self._exact(fold(home.short_name)[-1:] + name, date)
        if found is None or len(found.keys) != 1 or found.kind is NameKind.GROUP:
            return None
        return replace(found, name=name, kind=NameKind.ALIAS)

    def _post(self, name: str, date: dt.date | None, depth: int) -> Resolution | None:
        base = patterns.unit_of_post(name)
        found = self._read(base, date, depth + 1) if base else None
        return replace(found, name=name, kind=NameKind.ALIAS) if found is not None and found.keys else None

    def _bracket(self, name: str, date: dt.date | None, depth: int) -> Resolution | None:
        """``X(Y)``: both units; ``X(不含Y)``: X without Y; a Y that is no unit is a remark."""
        parts = patterns.bracketed(name)
        if parts is None:
            return None
        outer = self._read(parts[0], date, depth + 1)
        if outer is None:
            return None
        inner = self._read(parts[1], date, depth + 1) or self._with_rank_before(parts[1], date)
        if inner is None or not inner.keys:
            return replace(outer, name=name) if not parts[2] else None
        if parts[2]:
            keys = tuple(key for key in outer.keys if key not in inner.keys)
        else:
            keys = tuple(dict.fromkeys(outer.keys + inner.keys))
        return Resolution(
            name, keys, matched=outer.matched, kind=NameKind.GROUP, outdated=outer.outdated or inner.outdated
        )

    def _list(self, name: str, date: dt.date | None, depth: int) -> Resolution | None:
        """``A、B和C``, also with a shared ending (``甲县、乙县人民政府``); known only if every part is."""
        parts = patterns.split_list(name)
        if len(parts) < 2:
            return self._joined(name, date, depth)
        ending = self._shared_ending(parts[-1], date)
        found: list[Resolution] = []
        for index, part in enumerate(parts):
            last = index == len(parts) - 1
            reading = (
                (self._read(part + ending, date, depth + 1) if ending and not last else None)
                or self._read(part, date, depth + 1)
                or self._with_rank_before(part, date)
            )
            if reading is None:
                return None
            found.append(reading)
        return _together(name, found)

    def _joined(self, name: str, date: dt.date | None, depth: int) -> Resolution | None:
        for left, right in patterns.joints(name):
            ending = self._shared_ending(right, date)
            first = (self._read(left + ending, date, depth + 1) if ending else None) or self._read(
                left, date, depth + 1
            )
            if first is None:
                continue
            second = self._read(right, date, depth + 1) or self._with_rank_before(right, date)
            if second is not None:
                return _together(name, [first, second])
        return None

    def _shared_ending(self, last: str, date: dt.date | None) -> str:
        """What follows a territory's name at the head of the last part of a list (“产业园区” of “某某产业园区”)."""
        for end in range(len(last) - 1, 1, -1):
            head = self._exact(last[:end], date)
            if head is not None and len(head.keys) == 1:
                kind = self._lexicon.units[head.keys[0]].kind
                return last[end:] if kind in patterns.TERRITORY_KINDS else ""
        return ""

    def _nearest(self, folded: str, date: dt.date | None) -> Nearest:
        """Known names by likeness; an abbreviation (the same characters in order) is likely, an outdated name less."""
        if not folded or len(folded) > NEAREST_LONGEST:
            return ()
        scores = {
            name: score
            for name, score, _ in process.extract(
                folded, self._suggested.keys(), scorer=fuzz.ratio, limit=4 * NEAREST, score_cutoff=NEAREST_FROM
            )
        }
        if len(folded) >= ABBREVIATION_SHORTEST:
            letters = re.compile(".*?".join(map(re.escape, folded)))
            for name in filter(letters.fullmatch, self._suggested):
                scores[name] = max(scores.get(name, 0.0), ABBREVIATION)
        for name in scores:
            if not any(entry.is_valid_on(date) for entry in self._lexicon.entries[name]):
                scores[name] -= OUTDATED
        best = sorted(scores.items(), key=lambda item: (-item[1], len(item[0]), item[0]))[:NEAREST]
        return tuple((self._suggested[name].name, self._suggested[name].keys, round(score, 1)) for name, score in best)


def _together(name: str, parts: list[Resolution]) -> Resolution:
    keys = tuple(dict.fromkeys(key for part in parts for key in part.keys))
    matched = "、".join(part.matched or part.name for part in parts)
    return Resolution(name, keys, matched, NameKind.GROUP, outdated=any(part.outdated for part in parts))

"""Choosing units: which units a form offers (its scope), what a typed text means among them, and what comes near.

A scope is a named set of units, told by the app whose form it is when Django starts (``offer``), so that the one
address that answers while somebody types (``/units/options``) knows what the form will accept:

    offer("indicators.owners", lambda user, of: policies.owners(user))

``of`` is what the form says of itself in the address: the number of a target, the key of a form. A scope answers with
nothing where the person may not choose.
"""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from asgiref.local import Local
from django.core.signals import request_finished, request_started
from django.db.models import Q, QuerySet
from django.utils import timezone

from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.places import APART, Found, Place, Places
from luoshi.apps.organisations.queries import directory
from luoshi.units import UnitDirectory

Scope = Callable[[Any, str], QuerySet[Unit]]
ALL = "all"
LONGEST, MOST_PARTS, SHOWN, MOST_GROUPS = 200, 600, 20, 3
_OFFERED = re.compile(r".*[（(]([^（）()]+)[）)]\s*")
_PARTS = re.compile(r"[;；\r\n]+")
_STEP = 400

_scopes: dict[str, Scope] = {}
_lock = threading.Lock()
_known: Places | None = None
_request = Local()


class UnknownUnit(ValueError):
    """No unit, or not exactly one that may be chosen, is meant; the message is Chinese, without a full stop."""


def offer(name: str, units: Scope) -> None:
    """Name a set of units to choose from. The name begins with the app's: ``reporting.owners``."""
    _scopes[name] = units


def scope(name: str, user: Any, of: str = "") -> QuerySet[Unit]:
    """The units of a scope; raises ``KeyError`` for a name that no app has told."""
    return Unit.objects.all() if name == ALL else _scopes[name](user, of)


def existing(day: dt.date | None = None, prefix: str = "") -> Q:
    """A condition: the unit (at lookup ``prefix``, like ``"unit__"``) exists on the day, today if none is given."""
    on = day or timezone.localdate()
    begun = Q(**{f"{prefix}valid_from": None}) | Q(**{f"{prefix}valid_from__lte": on})
    return begun & (Q(**{f"{prefix}valid_to": None}) | Q(**{f"{prefix}valid_to__gte": on}))


def places() -> Places:
    """The places of the register as it is now: one small query."""
    return places_in(directory())


def places_in(current: UnitDirectory) -> Places:
    """The places of a directory; those of the last one are kept."""
    global _known
    known = _known
    if known is None or known.directory is not current:
        with _lock:
            known = _known
            if known is None or known.directory is not current:
                known = _known = Places(current)
    return known


def places_of_request() -> Places:
    """The same, asked once a request: for labels in the rows of a page. Outside of a request asked each time."""
    if not getattr(_request, "runs", False):
        return places()
    if _request.places is None:
        _request.places = places()
    found: Places = _request.places
    return found


def _begin(**_: Any) -> None:
    _request.runs, _request.places = True, None


def _end(**_: Any) -> None:
    _request.runs, _request.places = False, None


request_started.connect(_begin, dispatch_uid="luoshi.organisations.choosing")
request_finished.connect(_end, dispatch_uid="luoshi.organisations.choosing")


def label_of(unit: Unit, known: Places | None = None) -> str:
    """A unit with its place before it: ``云江市 · 农业农村局``; an ended one says so."""
    place = (known or places_of_request()).get(unit.key)
    return place.shown(timezone.localdate()) if place else str(unit)


@dataclass(frozen=True, slots=True)
class Option:
    """A unit (or, with several ``members``, a group of them) as it is offered while typing."""

    key: str
    id: int
    label: str
    note: str
    ended: bool
    members: tuple[Option, ...] = ()


def options(text: str, units: QuerySet[Unit], *, ended: bool = False, many: bool = False) -> list[Option]:
    """What a text may mean among the units, the nearest first, at most ``SHOWN``; without a text the first ones."""
    today, known = timezone.localdate(), places()
    found = [one for one in known.search(text[:LONGEST]) if ended or one.place.exists(today)]
    rows = _rows([one for one in found if one.rank < APART], units, today)
    # Characters in order but apart are worth telling only where nothing is nearer.
    rows = rows or _rows([one for one in found if one.rank == APART], units, today)
    groups = _groups(text, units, known, today) if many and text.strip() else []
    return [*groups, *rows]


def _rows(found: Sequence[Found], units: QuerySet[Unit], today: dt.date) -> list[Option]:
    """The first ``SHOWN`` of them that may be chosen."""
    rows: list[Option] = []
    for start in range(0, len(found), _STEP):
        part = found[start : start + _STEP]
        ids = _ids(units, [one.place.key for one in part])
        rows += [_option(one.place, ids[one.place.key], today, one.by) for one in part if one.place.key in ids]
        if len(rows) >= SHOWN:
            break
    return rows[:SHOWN]


def _ids(units: QuerySet[Unit], keys: Sequence[str]) -> dict[str, int]:
    return dict(units.filter(key__in=keys).order_by().values_list("key", "pk"))


def _option(place: Place, number: int, today: dt.date, by: str = "") -> Option:
    name = "" if place.label.endswith(place.name) else place.name
    return Option(place.key, number, place.shown(today), "　".join(filter(None, (by, name))), place.ended(today))


def _groups(text: str, units: QuerySet[Unit], known: Places, today: dt.date) -> list[Option]:
    made = []
    for group in known.groups(text[:LONGEST])[:MOST_GROUPS]:
        members = [place for key in group.keys if (place := known.get(key)) and place.exists(today)]
        ids = _ids(units, [place.key for place in members])
        rows = tuple(_option(place, ids[place.key], today) for place in members if place.key in ids)
        if len(rows) > 1:
            made.append(Option("", 0, group.name, f"{len(rows)} 个单位", False, rows))
    return made


def find_unit(text: str, units: QuerySet[Unit], *, ended: bool = False) -> Unit:
    """The one unit among ``units`` that a text means: its key, its label, a name of any time. Raises ``UnknownUnit``.

    ``ended`` lets units be chosen that have ended.
    """
    return _find(text, units, ended=ended, many=False)[0]


def find_units(texts: Iterable[str], units: QuerySet[Unit], *, ended: bool = False) -> list[Unit]:
    """The units that texts mean, each text one or several of them (``；`` between), or a group (各县市人民政府).

    In the order given, none twice. Raises ``UnknownUnit`` with all that is wrong.
    """
    parts = [part.strip() for text in texts for part in _PARTS.split(text) if part.strip()]
    if len(parts) > MOST_PARTS:
        raise UnknownUnit(f"一次最多选 {MOST_PARTS} 个单位")
    today = timezone.localdate()
    by_key = {unit.key: unit for unit in units.filter(key__in=set(parts))}
    found: list[Unit] = []
    wrong: list[str] = []
    for part in parts:
        unit = by_key.get(part)
        if unit is not None and (ended or unit.valid_to is None or unit.valid_to >= today):
            found.append(unit)
        elif len(wrong) < 5:
            try:
                found += _find(part, units, ended=ended, many=True)
            except UnknownUnit as error:
                wrong.append(str(error))
    if wrong:
        raise UnknownUnit("；".join(wrong))
    return list({unit.pk: unit for unit in found}.values())


def _find(text: str, units: QuerySet[Unit], *, ended: bool, many: bool) -> list[Unit]:
    text = text.replace("\0", "").strip()
    if not text:
        raise UnknownUnit("请选择单位")
    short = f"“{text[:30]}{'…' if len(text) > 30 else ''}”"
    if len(text) > LONGEST:
        raise UnknownUnit(f"{short}太长，不是单位名称")
    known, today = places(), timezone.localdate()
    stages = _readings(text, known, today)
    keys = {key for stage in stages for key in stage}
    allowed = {unit.key: unit for unit in units.filter(key__in=keys)}
    for stage in stages:
        meant = [allowed[key] for key in stage if key in allowed]
        living = [unit for unit in meant if (place := known.get(unit.key)) and place.exists(today)]
        chosen = living or (meant if ended else [])
        if len(chosen) == 1 or (many and stage is stages[-1] and chosen):
            return chosen
        if chosen:
            raise UnknownUnit(f"{short}有 {len(chosen)} 个，请从中选一个：{_listed(chosen, known)}")
    for stage in stages:
        if why := _why_not(stage, allowed, known, today):
            raise UnknownUnit(f"{short}{why}")
    near = options(text, units, ended=ended) or options(text[:2], units, ended=ended)
    said = f"，相近的有：{'、'.join(one.label for one in near[:3])}" if near else ""
    raise UnknownUnit(f"没有找到单位{short}{said}")


def _readings(text: str, known: Places, today: dt.date) -> list[list[str]]:
    """Keys that a text may mean, the surest reading first; the last one is what it means in print."""
    stages: list[list[str]] = []
    if known.get(text):
        stages.append([text])
    if (written := _OFFERED.fullmatch(text)) and known.get(written[1].strip()):
        stages.append([written[1].strip()])
    stages.append([place.key for place in known.labelled(text)])
    stages.append([place.key for place in known.called(text)])
    stages.append(list(known.directory.resolve(text, today).keys))
    return stages


def _why_not(stage: list[str], allowed: dict[str, Unit], known: Places, today: dt.date) -> str:
    """Why what is meant cannot be chosen, empty where nothing is meant."""
    meant = [place for key in stage if (place := known.get(key))]
    if not meant:
        return ""
    if place := next((place for place in meant if place.key in allowed and place.ended(today)), None):
        after = [unit.key for unit in known.directory.successors(place.key, today)]
        heirs = "、".join(heir.label for key in after if (heir := known.get(key)))
        return f"已于{place.valid_to:%Y年}撤销" + (f"，由{heirs}承接，请改选" if heirs else "，请改选现有的单位")
    if any(place.key in allowed for place in meant):
        return "还没有成立，请改选现有的单位"
    return f"（{'、'.join(place.label for place in meant[:2])}）不在可选的范围内"


def _listed(units: Sequence[Unit], known: Places) -> str:
    labels = [label_of(unit, known) for unit in units[:5]]
    return "、".join(labels) + ("等" if len(units) > 5 else "")

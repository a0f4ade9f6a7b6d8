"""Lists of people and of journal entries, as far as the person who looks may see them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from luoshi.apps.accounts.models import User
from luoshi.apps.journal.models import Entry
from luoshi.apps.organisations.models import Membership, Role, Unit
from luoshi.apps.organisations.policies import EVERYWHERE, administered, among, authority, people_within, reach, within

NO_UNIT = "none"
#: Characters and words of a search that count, as on the ledger: the database refuses conditions without end.
LONGEST_SEARCH = 60
_MOST_WORDS = 5


def search_words(text: str) -> list[str]:
    """The words by which a list is searched."""
    return text[:LONGEST_SEARCH].split()[:_MOST_WORDS]


def administered_units(user: Any) -> QuerySet[Unit]:
    """The units that an administrator looks after."""
    paths = administered(user)
    return Unit.objects.all() if paths == EVERYWHERE else Unit.objects.filter(within("", paths))


def visible_people(user: Any) -> QuerySet[User]:
    """Whom an administrator sees: people with a role in the own subtrees, and people without any."""
    paths = administered(user)
    if not paths:
        return User.objects.none()
    return User.objects.filter(people_within(paths, unassigned=True))


def people(
    user: Any, *, text: str = "", unit: Unit | None = None, unassigned: bool = False, role: str = "", active: str = ""
) -> QuerySet[User]:
    """Visible people by (part of) name, user name or telephone, unit with its subtree, role, and whether active.

    Each comes with ``memberships`` and their units, in three queries for a page.
    """
    found = visible_people(user)
    for word in search_words(text):
        found = found.filter(Q(display_name__icontains=word) | Q(username__icontains=word) | Q(phone__startswith=word))
    held = Membership.objects.order_by()
    if unassigned:
        found = found.exclude(among("pk", held.values("user_id")))
    elif unit is not None or role:
        if unit is not None:
            below = Unit.objects.order_by().filter(path__startswith=unit.path).values("pk")
            held = held.filter(among("unit_id", below))
        if role:
            held = held.filter(role=role)
        found = found.filter(among("pk", held.values("user_id")))
    if active:
        found = found.filter(is_active=active == "yes")
    memberships = Membership.objects.select_related("unit").order_by("unit__path", "role")
    return found.order_by("display_name", "pk").prefetch_related(Prefetch("memberships", memberships))


def visible_entries(user: Any) -> QuerySet[Entry]:
    """Which journal entries a person sees.

    Who looks after the whole register as administrator sees all. Other administrators and coordinators see their own
    acts and those of people with a role in their subtrees.
    """
    if administered(user) == EVERYWHERE:
        return Entry.objects.all()
    if not authority(user).holds(Role.ADMINISTRATOR, Role.COORDINATOR):
        return Entry.objects.none()
    paths = reach(user, Role.ADMINISTRATOR, Role.COORDINATOR)
    if paths == EVERYWHERE:
        return Entry.objects.exclude(actor=None)
    below = User.objects.filter(people_within(paths)).values("pk")
    return Entry.objects.filter(Q(actor=user.pk) | Q(actor__in=below))


@dataclass(frozen=True, slots=True)
class EntryPage:
    """One page of the journal, newest first; ``newer`` and ``older`` are the sequence numbers to go on from."""

    entries: tuple[Entry, ...]
    newer: int | None
    older: int | None
    total: int
    more: bool


#: Counting stops here: beyond it nobody reads on, and counting a filtered million would take seconds.
COUNTED = 10_000


def entry_page(
    entries: QuerySet[Entry], *, before: int | None = None, after: int | None = None, size: int = 100
) -> EntryPage:
    """The ``size`` entries next older than ``before`` or next newer than ``after``, or the newest of all."""
    counted = entries.order_by()[: COUNTED + 1].count()
    if after is not None:
        rows = list(entries.filter(sequence__gt=after).order_by("sequence")[: size + 1])
        newer, rows = len(rows) > size, rows[:size][::-1]
        older = True
    else:
        chosen = entries if before is None else entries.filter(sequence__lt=before)
        rows = list(chosen.order_by("-sequence")[: size + 1])
        older, rows = len(rows) > size, rows[:size]
        newer = before is not None
    return EntryPage(
        entries=tuple(rows),
        newer=rows[0].sequence if rows and newer else None,
        older=rows[-1].sequence if rows and older else None,
        total=min(counted, COUNTED),
        more=counted > COUNTED,
    )


def entries_of(
    entries: QuerySet[Entry],
    *,
    person: str = "",
    action: str = "",
    object_type: str = "",
    object_id: str = "",
    label: str = "",
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
) -> QuerySet[Entry]:
    """Entries by who (name or user name), what, on what, and when (``until`` not included)."""
    person, action, label = (text[:LONGEST_SEARCH] for text in (person, action, label))
    if person:
        accounts = User.objects.order_by().filter(username__iexact=person).values("pk")
        entries = entries.filter(Q(actor_name__icontains=person) | Q(actor__in=accounts))
    if action:
        entries = entries.filter(action__icontains=action)
    if object_type:
        entries = entries.filter(object_type=object_type)
    if object_id:
        entries = entries.filter(object_id=object_id)
    if label:
        entries = entries.filter(object_label__icontains=label)
    if since is not None:
        entries = entries.filter(at__gte=since)
    if until is not None:
        entries = entries.filter(at__lt=until)
    return entries

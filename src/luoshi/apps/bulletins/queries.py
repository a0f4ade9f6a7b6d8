"""Reads of bulletins: lists with how many have read, one with all that its page needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from luoshi.apps.bulletins import policies
from luoshi.apps.bulletins.composing import Texts, blocks_of
from luoshi.apps.bulletins.models import Bulletin, BulletinAction, BulletinState, BulletinStep, Receipt, Recipient
from luoshi.apps.bulletins.printing import Shown, shown
from luoshi.apps.bulletins.snapshot import Json
from luoshi.apps.organisations.policies import authority, within
from luoshi.documents.errors import DocumentError
from luoshi.publishing import Contents, Loose, contents, loose_numbers
from luoshi.publishing.measuring import departures
from luoshi.publishing.package import Parts


@dataclass(frozen=True, slots=True)
class BulletinFilter:
    """Which bulletins are listed; empty parts do not count. ``box`` is ``received`` for those sent to one's units."""

    kind: str = ""
    state: str = ""
    text: str = ""
    box: str = ""


def _mine(user: Any) -> QuerySet[Recipient]:
    units = {grant.unit_id for grant in authority(user).grants}
    return Recipient.objects.filter(unit__in=units, bulletin=OuterRef("pk"))


def bulletin_list(user: Any, asked: BulletinFilter) -> QuerySet[Bulletin]:
    """The bulletins that the person sees, the newest first, with ``sent`` (units), ``read`` (units), ``is_mine`` (sent
    to a unit of theirs) and ``is_unread`` (by themselves)."""
    rows = policies.visible_bulletins(user)
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.state:
        rows = rows.filter(state=asked.state)
    else:
        rows = rows.exclude(state=BulletinState.WITHDRAWN)
    for word in asked.text.split():
        rows = rows.filter(Q(title__icontains=word) | Q(number__icontains=word))
    mine = _mine(user)
    read = Receipt.objects.filter(recipient__bulletin=OuterRef("pk"), user=user.pk)
    rows = rows.annotate(is_mine=Exists(mine), was_read=Exists(read))
    if asked.box == "received":
        rows = rows.filter(state=BulletinState.ISSUED, is_mine=True)
    return (
        rows.annotate(
            sent=Count("recipients", distinct=True),
            read=Count("recipients", filter=Q(recipients__receipts__isnull=False), distinct=True),
        )
        .select_related("owner")
        .defer("snapshot", "texts")
        .order_by("-created_at", "-pk")
    )


def unread_bulletins(user: Any) -> QuerySet[Bulletin]:
    """Issued bulletins sent to the person's units that they have not opened; for the workbench."""
    read = Receipt.objects.filter(recipient__bulletin=OuterRef("pk"), user=user.pk)
    rows = Bulletin.objects.filter(Exists(_mine(user)), ~Exists(read), state=BulletinState.ISSUED)
    return rows.select_related("owner").defer("snapshot", "texts").order_by("-issued_at", "-pk")


def to_check(user: Any) -> QuerySet[Bulletin]:
    """Drafts that the person may check: those of units in reach that somebody else drew and changed."""
    acts = (BulletinAction.DRAW, BulletinAction.REDRAW, BulletinAction.EDIT)
    own = BulletinStep.objects.filter(bulletin=OuterRef("pk"), action__in=acts, by=user.pk)
    rows = Bulletin.objects.filter(
        within("owner__", authority(user).paths(*policies.CHECKERS)), ~Exists(own), state=BulletinState.DRAFT
    )
    return rows.select_related("owner").defer("snapshot", "texts").order_by("created_at", "pk")


def to_sign(user: Any) -> QuerySet[Bulletin]:
    """Checked bulletins that wait for the person's signature."""
    rows = Bulletin.objects.filter(
        within("owner__", authority(user).paths(*policies.SIGNERS)), state=BulletinState.CHECKED
    )
    return rows.select_related("owner").defer("snapshot", "texts").order_by("created_at", "pk")


@dataclass(frozen=True, slots=True)
class Reader:
    """A recipient and who read it first for it."""

    recipient: Recipient
    receipts: Sequence[Receipt]


def readers(bulletin: Bulletin) -> list[Reader]:
    """The recipients with their receipts: two queries."""
    rows = (
        bulletin.recipients.select_related("unit").prefetch_related("receipts__user").order_by("-is_main", "unit__path")
    )
    return [Reader(row, sorted(row.receipts.all(), key=lambda one: one.read_at)) for row in rows]


def steps(bulletin: Bulletin) -> list[BulletinStep]:
    """What was done, the latest first: one query."""
    return list(bulletin.steps.select_related("by").order_by("-pk"))


@dataclass(frozen=True, slots=True)
class Sheet:
    """The document as it will print, and what its checks say."""

    contents: Contents | None
    blocks: Sequence[Shown]
    loose: Sequence[Loose]
    departures: Sequence[str]
    problem: str = ""


def sheet_of(bulletin: Bulletin) -> Sheet:
    """The kept document read back: no query."""
    try:
        with bulletin.file.open("rb") as file:
            data = file.read()
        found = contents(data)
        return Sheet(found, shown(found), loose_numbers(found), departures(Parts.read(data)))
    except (FileNotFoundError, ValueError, DocumentError):
        return Sheet(None, (), (), (), "文件已不在服务器上。请撤回后重新拟稿，或请管理员恢复文件。")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a number of the document comes from: the reference in words, and a page that shows it."""

    number: int
    text: str
    indicator: str
    unit: str
    period: str
    source: str
    observation: str
    rule: str
    place: str
    url: str


def sources_of(bulletin: Bulletin, found: Contents | None) -> list[Source]:
    """The references of the document's numbers, each with the page of its target, form or order list."""
    if found is None or found.manifest is None:
        return []
    pages = _pages(bulletin.snapshot)
    made = []
    for one in found.manifest.figures:
        known = one.figure.reference
        made.append(
            Source(
                one.number,
                one.figure.text,
                known.indicator,
                known.unit,
                known.period,
                known.source,
                known.observation,
                known.rule,
                one.place,
                pages.get(known.indicator, ""),
            )
        )
    return made


def _pages(snapshot: Json) -> dict[str, str]:
    return {
        target["indicator"]: reverse("plans:target", args=(target["id"],)) for target in snapshot.get("targets", ())
    }


def written_texts(bulletin: Bulletin) -> Texts:
    """The texts as written from the figures."""
    return blocks_of(bulletin.snapshot)

"""The document of a bulletin: template, snapshot and texts in, bytes out; and the same held against a file."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from luoshi.apps.bulletins.composing import FIELDS, Head, compose
from luoshi.apps.bulletins.defaults import default_template, score_template
from luoshi.apps.bulletins.errors import BadTemplate
from luoshi.apps.bulletins.models import Bulletin, BulletinKind, BulletinTemplate, Recipient
from luoshi.apps.bulletins.snapshot import Json, moment_of
from luoshi.apps.organisations.models import Unit, UnitKind
from luoshi.apps.organisations.queries import full_name
from luoshi.publishing import Origin, TemplateRefused, render
from luoshi.publishing.sentences import scope

KEY = "bulletin:"
MOST_NAMED = 5
_LOCAL = (UnitKind.COUNTY, UnitKind.COUNTY_CITY)


@dataclass(frozen=True, slots=True)
class Template:
    """A template's bytes and digest; ``row`` is ``None`` for the one that ships."""

    data: bytes
    sha256: str
    row: BulletinTemplate | None = None


def template_for(owner: Unit, kind: str) -> BulletinTemplate | None:
    """The template that a unit uses for a kind: its last active one, else that of the unit above it, else none (the
    shipped one is used)."""
    rows = BulletinTemplate.objects.filter(kind=kind, is_active=True).select_related("owner")
    over = [row for row in rows if owner.path.startswith(row.owner.path)]
    return max(over, key=lambda row: (len(row.owner.path), row.ordinal), default=None)


def template_of(kind: str, row: BulletinTemplate | None, *, ranking: Json | None = None) -> Template:
    """Its bytes, read and checked against their digest. ``ranking``: that of the snapshot, where it is by points."""
    if row is None:
        if ranking is None:
            data = default_template(BulletinKind(kind))
        else:
            data = score_template(beside="beside" in ranking)
        return Template(data, hashlib.sha256(data).hexdigest())
    try:
        with row.file.open("rb") as file:
            data = file.read()
    except FileNotFoundError as error:
        raise BadTemplate(["模板文件已不在服务器上，请重新上传。"]) from error
    return Template(data, hashlib.sha256(data).hexdigest(), row)


def head_of(bulletin: Bulletin, recipients: Sequence[Recipient] | None = None) -> Head:
    """What is printed of the way to the signature."""
    rows = list(bulletin.recipients.select_related("unit")) if recipients is None else list(recipients)
    return Head(
        title=bulletin.title,
        number=bulletin.number,
        dated=bulletin.dated,
        signatory=bulletin.signatory,
        main=addressed([row.unit for row in rows if row.is_main]),
        copies=addressed([row.unit for row in rows if not row.is_main]),
    )


def addressed(units: Sequence[Unit]) -> tuple[str, ...]:
    """Units as a document addresses them: three counties and more together, many departments together, others by
    their full names."""
    local = [unit for unit in units if unit.kind in _LOCAL]
    zones = [unit for unit in units if unit.kind == UnitKind.ZONE]
    others = [unit for unit in units if unit.kind not in (*_LOCAL, UnitKind.ZONE)]
    together = (f"各{scope([unit.kind for unit in local])}人民政府",)
    named = together if len(local) >= 3 else tuple(full_name(unit) for unit in local)
    rest = ("各有关单位",) if len(others) > MOST_NAMED else tuple(full_name(unit) for unit in others)
    return (*named, *(full_name(unit) for unit in zones), *rest)


def document_of(bulletin: Bulletin, template: Template, head: Head) -> bytes:
    """The bytes of the document; raises ``BadTemplate``."""
    origin = Origin(
        key=f"{KEY}{bulletin.pk}",
        snapshot=bulletin.digest,
        template=template.sha256,
        moment=moment_of(bulletin.snapshot),
        issuer=bulletin.snapshot["owner"]["name"],
        title=bulletin.title,
    )
    values = compose(bulletin.snapshot, bulletin.texts, head)
    try:
        return render(template.data, FIELDS[BulletinKind(bulletin.kind)], values, origin)
    except TemplateRefused as error:
        raise BadTemplate([str(problem) for problem in error.problems]) from error


def made_again(bulletin: Bulletin) -> bytes:
    """The document as its parts give it now; for verification."""
    template = template_of(bulletin.kind, bulletin.template, ranking=bulletin.snapshot.get("ranking"))
    return document_of(bulletin, template, head_of(bulletin))

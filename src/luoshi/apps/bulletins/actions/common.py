"""Every change of a bulletin begins here: its row is locked, its document made anew, its step written down."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from django.core.files.base import ContentFile
from django.http import Http404
from django.utils import timezone

from luoshi.apps.bulletins.errors import Invalid, Stale
from luoshi.apps.bulletins.making import document_of, head_of, template_of
from luoshi.apps.bulletins.models import Bulletin, BulletinAction, BulletinState, BulletinStep
from luoshi.apps.bulletins.policies import visible_bulletins
from luoshi.apps.intake.storable import is_storable
from luoshi.apps.journal.actions import Act
from luoshi.apps.organisations.models import Unit
from luoshi.publishing import GENERATOR

NOT_DRAWER = "只有印发单位的统筹办、牵头处室可以拟稿和印发通报。"
NOT_CHECKER = "只有印发单位的统筹办、牵头处室、领导可以核稿，且不能核自己拟的稿。"
NOT_SIGNER = "只有印发单位的领导、统筹办可以登记签发。"


def moment(now: dt.datetime | None) -> dt.datetime:
    """The moment of an act: as given, else now."""
    return timezone.now() if now is None else now


def locked(user: Any, bulletin_id: int, revision: int | None = None) -> Bulletin:
    """The bulletin's row, locked; ``Http404`` for what the person does not see, ``Stale`` where somebody acted since.

    Inside a transaction only. Nothing is joined to the locked row.
    """
    if user is not None and not visible_bulletins(user).filter(pk=bulletin_id).exists():
        raise Http404
    bulletin = Bulletin.objects.select_for_update().filter(pk=bulletin_id).order_by("pk").first()
    if bulletin is None:
        raise Http404
    bulletin.owner = Unit.objects.get(pk=bulletin.owner_id)
    if revision is not None and revision != bulletin.revision:
        raise Stale
    return bulletin


def remake(bulletin: Bulletin) -> None:
    """Make the document anew and keep it as a file of its own: earlier ones stay with their steps."""
    template = template_of(bulletin.kind, bulletin.template, ranking=bulletin.snapshot.get("ranking"))
    data = document_of(bulletin, template, head_of(bulletin))
    bulletin.template_sha256, bulletin.maker = template.sha256, GENERATOR[:20]
    bulletin.file_sha256 = hashlib.sha256(data).hexdigest()
    bulletin.file.save(f"{bulletin.pk}-{bulletin.file_sha256[:12]}.docx", ContentFile(data), save=False)


def write_step(bulletin: Bulletin, action: BulletinAction, *, by: Any, at: dt.datetime, text: str = "") -> BulletinStep:
    """Append what was done, with the document as it is now."""
    return BulletinStep.objects.create(
        bulletin=bulletin, action=action, text=text, digest=bulletin.file_sha256, file=bulletin.file.name, by=by, at=at
    )


def act_of(bulletin: Bulletin, action: str, **after: Any) -> Act:
    """The journal's entry of an act on a bulletin."""
    values = {"状态": BulletinState(bulletin.state).label, "文件": bulletin.file_sha256} | after
    return Act(
        action=action,
        target=bulletin,
        label=bulletin.title,
        after={key: value for key, value in values.items() if value not in ("", None)},
    )


def plain(text: str, what: str, *, most: int, required: bool = True, lines: bool = False) -> str:
    """A text as it is stored; ``Invalid`` where it is missing, too long or cannot be kept."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.strip() if lines else " ".join(text.split())
    if required and not text:
        raise Invalid(f"请填写{what}。")
    if len(text) > most:
        raise Invalid(f"{what}不能超过{most}字，现有{len(text)}字。")
    if not is_storable(text):
        raise Invalid(f"{what}含有不能保存的字符，请改正。")
    return text

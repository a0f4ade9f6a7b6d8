"""From the draft to the receivers: checked, signed, issued, made public, withdrawn, read."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction

from luoshi.apps.bulletins.actions.common import (
    NOT_CHECKER,
    NOT_DRAWER,
    NOT_SIGNER,
    act_of,
    locked,
    moment,
    plain,
    remake,
    write_step,
)
from luoshi.apps.bulletins.errors import Invalid
from luoshi.apps.bulletins.models import Bulletin, BulletinAction, BulletinState, Receipt, Recipient
from luoshi.apps.bulletins.policies import may_check, may_draw, may_sign
from luoshi.apps.bulletins.states import BULLETINS
from luoshi.apps.bulletins.telling import tell_author, tell_recipients, tell_signers, tell_withdrawn
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import authority, require

REASON_LENGTH = 500
_YEAR = re.compile(r"[\[［（(]\s*(\d{4})\s*[\]］）)]")


def numbered(text: str) -> str:
    """A document number as the standard prints it: years in 〔〕, no leading zeros (7.2.5 of GB/T 9704-2012)."""
    found = _YEAR.sub(lambda match: f"〔{match[1]}〕", " ".join(text.split()))
    return re.sub(r"〕第?0*(\d+)号", lambda match: f"〕{match[1]}号", found)


@transaction.atomic
def check_bulletin(
    *,
    acting_user: Any,
    bulletin_id: int,
    revision: int | None = None,
    text: str = "",
    now: dt.datetime | None = None,
) -> Bulletin:
    """Somebody else than the author says that it is right."""
    bulletin = locked(acting_user, bulletin_id, revision)
    require(may_check(acting_user, bulletin), NOT_CHECKER)
    bulletin.state = BULLETINS.next(bulletin.state, BulletinAction.CHECK)
    note = plain(text, "核稿意见", most=REASON_LENGTH, required=False)
    at = moment(now)
    bulletin.revision += 1
    bulletin.save()
    write_step(bulletin, BulletinAction.CHECK, by=acting_user, at=at, text=note)
    tell_signers(bulletin, at)
    record(acting_user=acting_user, acts=[act_of(bulletin, "核稿通报", 意见=note)])
    return bulletin


@transaction.atomic
def send_bulletin_back(
    *, acting_user: Any, bulletin_id: int, reason: str, revision: int | None = None, now: dt.datetime | None = None
) -> Bulletin:
    """Back to a draft, with the reason; a number that was given is free again."""
    bulletin = locked(acting_user, bulletin_id, revision)
    allowed = may_check(acting_user, bulletin) or may_sign(acting_user, bulletin)
    require(allowed, "只有印发单位的统筹办、牵头处室、领导可以退回通报。")
    bulletin.state = BULLETINS.next(bulletin.state, BulletinAction.SEND_BACK)
    why = plain(reason, "退回的原因", most=REASON_LENGTH)
    at = moment(now)
    signed = bool(bulletin.number or bulletin.dated)
    bulletin.number, bulletin.dated, bulletin.signatory = "", None, ""
    bulletin.revision += 1
    if signed:
        remake(bulletin)
    bulletin.save()
    write_step(bulletin, BulletinAction.SEND_BACK, by=acting_user, at=at, text=why)
    tell_author(bulletin, why, at)
    record(acting_user=acting_user, acts=[act_of(bulletin, "退回通报", 原因=why)])
    return bulletin


@transaction.atomic
def sign_bulletin(
    *,
    acting_user: Any,
    bulletin_id: int,
    signatory: str,
    number: str,
    dated: dt.date | None,
    revision: int | None = None,
    now: dt.datetime | None = None,
) -> Bulletin:
    """Who signed, with which number and date; both are printed. A number is given once by a unit."""
    bulletin = locked(acting_user, bulletin_id, revision)
    require(may_sign(acting_user, bulletin), NOT_SIGNER)
    bulletin.state = BULLETINS.next(bulletin.state, BulletinAction.SIGN)
    at = moment(now)
    bulletin.signatory = plain(signatory, "签发人", most=60)
    bulletin.number = plain(numbered(number), "文号", most=60)
    if dated is None:
        raise Invalid("请填写成文日期。")
    if dated > at.astimezone(dt.timezone(dt.timedelta(hours=8))).date():
        raise Invalid("成文日期不能晚于今天。")
    if Bulletin.objects.filter(owner=bulletin.owner, number=bulletin.number).exclude(pk=bulletin.pk).exists():
        raise Invalid(f"文号“{bulletin.number}”已用过，请另编。")
    bulletin.dated = dated
    bulletin.revision += 1
    remake(bulletin)
    try:
        with transaction.atomic():
            bulletin.save()
    except IntegrityError as error:
        raise Invalid(f"文号“{bulletin.number}”刚刚被用过，请另编。") from error
    write_step(bulletin, BulletinAction.SIGN, by=acting_user, at=at, text=f"{bulletin.signatory}，{bulletin.number}")
    record(
        acting_user=acting_user,
        acts=[act_of(bulletin, "签发通报", 签发人=bulletin.signatory, 文号=bulletin.number, 日期=dated)],
    )
    return bulletin


@transaction.atomic
def issue_bulletin(
    *,
    acting_user: Any,
    bulletin_id: int,
    recipients: Sequence[Unit] | None = None,
    revision: int | None = None,
    now: dt.datetime | None = None,
) -> Bulletin:
    """Send it to its recipients: it stands in their workbench. ``recipients`` get it besides those printed in it.

    An issued one that it replaces is withdrawn.
    """
    bulletin = locked(acting_user, bulletin_id, revision)
    require(may_draw(acting_user, bulletin.owner), NOT_DRAWER)
    bulletin.state = BULLETINS.next(bulletin.state, BulletinAction.ISSUE)
    at = moment(now)
    known = {row.unit_id for row in bulletin.recipients.all()}
    more = [unit for unit in recipients or () if unit.pk not in known]
    if not known and not more:
        raise Invalid("还没有发送单位，请退回后写明主送单位。")
    # Printed are those named in the draft; who gets a copy besides is not.
    Recipient.objects.bulk_create(Recipient(bulletin=bulletin, unit=unit, is_main=False) for unit in more)
    bulletin.issued_at = at
    bulletin.revision += 1
    if more:
        remake(bulletin)
    bulletin.save()
    write_step(bulletin, BulletinAction.ISSUE, by=acting_user, at=at, text=f"发送{len(known) + len(more)}个单位")
    acts = [act_of(bulletin, "印发通报", 单位数=len(known) + len(more))]
    units = list(Unit.objects.filter(bulletins_received__bulletin=bulletin).order_by("path"))
    if bulletin.replaces_id:
        older = Bulletin.objects.select_for_update().get(pk=bulletin.replaces_id)
        if older.state == BulletinState.ISSUED:
            acts.append(_withdrawn(older, f"由《{bulletin.title}》取代", acting_user, at))
    tell_recipients(bulletin, units, at)
    record(acting_user=acting_user, acts=acts)
    return bulletin


def _withdrawn(bulletin: Bulletin, why: str, user: Any, at: dt.datetime) -> Act:
    issued = bulletin.state == BulletinState.ISSUED
    bulletin.state = BULLETINS.next(bulletin.state, BulletinAction.WITHDRAW)
    bulletin.is_public = False
    bulletin.revision += 1
    bulletin.save()
    write_step(bulletin, BulletinAction.WITHDRAW, by=user, at=at, text=why)
    if issued:
        units = list(Unit.objects.filter(bulletins_received__bulletin=bulletin).order_by("path"))
        tell_withdrawn(bulletin, units, why, at)
    return act_of(bulletin, "撤回通报", 原因=why)


@transaction.atomic
def withdraw_bulletin(
    *, acting_user: Any, bulletin_id: int, reason: str, revision: int | None = None, now: dt.datetime | None = None
) -> Bulletin:
    """Take it back; it stays in the owner's list with its document, and its receivers are told."""
    bulletin = locked(acting_user, bulletin_id, revision)
    require(may_draw(acting_user, bulletin.owner), NOT_DRAWER)
    BULLETINS.next(bulletin.state, BulletinAction.WITHDRAW)
    why = plain(reason, "撤回的原因", most=REASON_LENGTH)
    act = _withdrawn(bulletin, why, acting_user, moment(now))
    record(acting_user=acting_user, acts=[act])
    return bulletin


def publish_bulletin(
    *, acting_user: Any, bulletin_id: int, revision: int | None = None, now: dt.datetime | None = None
) -> Bulletin:
    """Let everybody read it in the portal."""
    return _opened(acting_user, bulletin_id, revision, now, public=True)


def unpublish_bulletin(
    *, acting_user: Any, bulletin_id: int, revision: int | None = None, now: dt.datetime | None = None
) -> Bulletin:
    """Take it out of the portal."""
    return _opened(acting_user, bulletin_id, revision, now, public=False)


@transaction.atomic
def _opened(user: Any, bulletin_id: int, revision: int | None, now: dt.datetime | None, *, public: bool) -> Bulletin:
    bulletin = locked(user, bulletin_id, revision)
    require(may_sign(user, bulletin), "只有印发单位的领导、统筹办可以决定是否公开。")
    action = BulletinAction.PUBLISH if public else BulletinAction.UNPUBLISH
    bulletin.state = BULLETINS.next(bulletin.state, action)
    if bulletin.is_public == public:
        raise Invalid("此通报已经公开。" if public else "此通报没有公开。")
    bulletin.is_public = public
    bulletin.revision += 1
    bulletin.save()
    write_step(bulletin, action, by=user, at=moment(now))
    record(acting_user=user, acts=[act_of(bulletin, f"{action.label}通报")])
    return bulletin


@transaction.atomic
def read_bulletin(*, acting_user: Any, bulletin: Bulletin, now: dt.datetime | None = None) -> int:
    """The receipt of every unit that the person reads it for: the first time counts. How many are new."""
    if bulletin.state != BulletinState.ISSUED:
        return 0
    known = authority(acting_user)
    rows = [
        row
        for row in bulletin.recipients.select_related("unit").order_by("pk")
        if any(grant.unit_id == row.unit_id for grant in known.grants)
    ]
    had = set(Receipt.objects.filter(recipient__in=rows, user=acting_user).values_list("recipient_id", flat=True))
    fresh = [Receipt(recipient=row, user=acting_user, read_at=moment(now)) for row in rows if row.pk not in had]
    if not fresh:
        return 0
    # Two windows opened at once make one receipt.
    Receipt.objects.bulk_create(fresh, ignore_conflicts=True)
    record(
        acting_user=acting_user,
        acts=[
            Act(
                action="阅读通报",
                target=bulletin,
                label=bulletin.title,
                after={"单位": "、".join(str(row.recipient.unit) for row in fresh)},
            )
        ],
    )
    return len(fresh)

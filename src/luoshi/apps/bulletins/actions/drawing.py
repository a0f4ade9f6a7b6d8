"""Drawing a bulletin from frozen figures, drawing it again, wording its texts otherwise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction

from luoshi.apps.bulletins.actions.common import NOT_DRAWER, act_of, locked, moment, plain, remake, write_step
from luoshi.apps.bulletins.composing import TEXT_KEYS, blocks_of, plain_json
from luoshi.apps.bulletins.drawing import draw
from luoshi.apps.bulletins.errors import Invalid
from luoshi.apps.bulletins.making import template_for
from luoshi.apps.bulletins.models import (
    Bulletin,
    BulletinAction,
    BulletinKind,
    BulletinTemplate,
    Recipient,
)
from luoshi.apps.bulletins.policies import may_draw
from luoshi.apps.bulletins.snapshot import Json, digest_of, moment_of
from luoshi.apps.bulletins.states import BULLETINS
from luoshi.apps.journal.actions import record
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require
from luoshi.apps.organisations.queries import full_name
from luoshi.apps.plans.models import Plan
from luoshi.apps.supervision.models import Proposal
from luoshi.periods import Period
from luoshi.site.moments import told

TITLE_LENGTH, TEXT_LENGTH, MOST_RECIPIENTS = 200, 6000, 500
_ABOUT = {
    BulletinKind.PROGRESS: "目标任务完成情况的通报",
    BulletinKind.COMMENTARY: "目标任务完成情况的评述",
    BulletinKind.LATENESS: "报表报送情况的通报",
    BulletinKind.SUPERVISION: "督查督办情况的通报",
    BulletinKind.RANKING: "目标完成率排名的通报",
}


def usual_title(kind: str, owner: Unit, period: Period) -> str:
    """云岭州人民政府关于2026年9月目标任务完成情况的通报."""
    return f"{full_name(owner)}关于{period.label}{_ABOUT[BulletinKind(kind)]}"


@transaction.atomic
def draw_bulletin(
    *,
    acting_user: Any,
    kind: str,
    owner: Unit,
    plans: Sequence[Plan],
    period: Period,
    as_of: dt.datetime | None = None,
    template: BulletinTemplate | None = None,
    title: str = "",
    replaces: Bulletin | None = None,
    proposals: Iterable[Proposal] = (),
    about: Mapping[str, Any] | None = None,
    now: dt.datetime | None = None,
) -> Bulletin:
    """A draft from figures as known at a moment (now); its recipients are the units that it tells of. ``about`` names a
    ranking of an app above, which is told in place of the plans' targets.

    Raises ``NothingToTell``, ``Invalid``, ``BadTemplate``.
    """
    require(may_draw(acting_user, owner), NOT_DRAWER)
    at = moment(now)
    known = at if as_of is None else as_of
    if known > at:
        raise Invalid("数据时点不能晚于现在。")
    if kind not in BulletinKind.values:
        raise Invalid("请选择通报的类别。")
    outside = [plan for plan in plans if not plan.owner.path.startswith(owner.path)]
    if outside:
        raise Invalid(f"《{outside[0].title}》不是{owner}或其下级单位的方案。")
    snapshot = draw(kind, owner, plans, period, known, about)
    bulletin = Bulletin(
        owner=owner,
        kind=kind,
        title=plain(title or usual_title(kind, owner, period), "标题", most=TITLE_LENGTH),
        period=str(period),
        as_of=moment_of(snapshot),
        snapshot=snapshot,
        digest=digest_of(snapshot),
        template=template or template_for(owner, kind),
        created_by=acting_user,
        replaces=replaces,
    )
    bulletin.save()
    bulletin.plans.set(plans)
    bulletin.proposals.set(proposals)
    Recipient.objects.bulk_create(
        Recipient(bulletin=bulletin, unit=unit) for unit in units_told(snapshot) if unit.pk != owner.pk
    )
    remake(bulletin)
    bulletin.save()
    write_step(bulletin, BulletinAction.DRAW, by=acting_user, at=at, text=f"数据截至{told(known)}")
    record(acting_user=acting_user, acts=[act_of(bulletin, "拟稿通报", 数据=bulletin.digest)])
    return bulletin


def units_told(snapshot: Json) -> list[Unit]:
    """The units that a snapshot tells of, in the register's order."""
    rows = snapshot.get("units") or [row for target in snapshot.get("targets", ()) for row in target["units"]]
    return list(Unit.objects.filter(key__in={row["key"] for row in rows}).order_by("path"))


@transaction.atomic
def redraw_bulletin(
    *,
    acting_user: Any,
    bulletin_id: int,
    revision: int | None = None,
    as_of: dt.datetime | None = None,
    now: dt.datetime | None = None,
) -> Bulletin:
    """The same bulletin from figures as they are known now (or at a moment), with the template in use now.

    Texts that were worded otherwise stay; their numbers are joined to the new figures where they are printed alike, and
    the checks point out the others.
    """
    bulletin = locked(acting_user, bulletin_id, revision)
    require(may_draw(acting_user, bulletin.owner), NOT_DRAWER)
    bulletin.state = BULLETINS.next(bulletin.state, BulletinAction.REDRAW)
    at = moment(now)
    known = at if as_of is None else as_of
    if known > at:
        raise Invalid("数据时点不能晚于现在。")
    plans = list(bulletin.plans.select_related("owner").order_by("pk"))
    about = bulletin.snapshot.get("about")
    snapshot = draw(bulletin.kind, bulletin.owner, plans, Period.parse(bulletin.period), known, about)
    bulletin.snapshot, bulletin.digest = snapshot, digest_of(snapshot)
    bulletin.as_of = moment_of(snapshot)
    bulletin.template = template_for(bulletin.owner, bulletin.kind)
    bulletin.revision += 1
    remake(bulletin)
    bulletin.save()
    write_step(bulletin, BulletinAction.REDRAW, by=acting_user, at=at, text=f"数据截至{told(known)}")
    record(acting_user=acting_user, acts=[act_of(bulletin, "重新取数", 数据=bulletin.digest)])
    return bulletin


@transaction.atomic
def edit_texts(
    *,
    acting_user: Any,
    bulletin_id: int,
    texts: Mapping[str, str],
    title: str,
    main: Sequence[Unit],
    copies: Sequence[Unit],
    revision: int | None = None,
    now: dt.datetime | None = None,
) -> Bulletin:
    """Word texts otherwise, name the recipients. A text that says what was written from the figures is not kept: it
    goes on following them."""
    bulletin = locked(acting_user, bulletin_id, revision)
    require(may_draw(acting_user, bulletin.owner), NOT_DRAWER)
    bulletin.state = BULLETINS.next(bulletin.state, BulletinAction.EDIT)
    at = moment(now)
    if not main:
        raise Invalid("请至少写明一个主送单位。")
    both = {unit.pk for unit in main} & {unit.pk for unit in copies}
    if both:
        raise Invalid("同一单位不能既主送又抄送。")
    if len(main) + len(copies) > MOST_RECIPIENTS:
        raise Invalid(f"发送单位最多{MOST_RECIPIENTS}个。")
    written = {key: plain_json(lines) for key, lines in blocks_of(bulletin.snapshot).items()}
    kept = {}
    for key, text in texts.items():
        if key not in written and key not in TEXT_KEYS:
            raise Invalid("没有这一段文字，请刷新页面后再改。")
        short = key in TEXT_KEYS
        clean = plain(text, key, most=300 if short else TEXT_LENGTH, required=False, lines=not short)
        if (short and clean) or (not short and clean != written[key]):
            kept[key] = clean
    bulletin.title = plain(title, "标题", most=TITLE_LENGTH)
    bulletin.texts = kept
    bulletin.revision += 1
    bulletin.recipients.all().delete()
    Recipient.objects.bulk_create(
        [
            *(Recipient(bulletin=bulletin, unit=unit, is_main=True) for unit in main),
            *(Recipient(bulletin=bulletin, unit=unit, is_main=False) for unit in copies),
        ]
    )
    remake(bulletin)
    bulletin.save()
    write_step(bulletin, BulletinAction.EDIT, by=acting_user, at=at, text="、".join(kept)[:500])
    record(acting_user=acting_user, acts=[act_of(bulletin, "修改通报", 文字="、".join(kept))])
    return bulletin

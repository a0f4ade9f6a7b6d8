"""Who may bring in files and confirm drafts: coordinators and administrators, for owners that their roles reach."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from luoshi.apps.intake.models import Draft, Upload
from luoshi.apps.organisations.choosing import existing
from luoshi.apps.organisations.models import Role, Unit, UnitKind
from luoshi.apps.organisations.policies import EVERYWHERE, authority, reach, require, within
from luoshi.apps.plans.models import Plan

#: The roles that turn files into plans.
KEEPERS = (Role.ADMINISTRATOR, Role.COORDINATOR)
_ISSUERS = (UnitKind.PREFECTURE, UnitKind.COUNTY, UnitKind.COUNTY_CITY, UnitKind.ZONE)


def may_enter(user: Any) -> bool:
    """Whether the person has anything to do with intake at all."""
    return authority(user).holds(*KEEPERS)


def may_keep(user: Any, owner: Unit) -> bool:
    """Whether the person may upload and confirm for ``owner``; ``None`` is the command line, which may."""
    return user is None or authority(user).covers(owner, *KEEPERS)


def require_keeper(user: Any, owner: Unit) -> None:
    """Stop anyone who may not."""
    require(may_keep(user, owner), "只有发文单位的统筹办或系统管理员可以办理导入和确认。")


def remembers(user: Any) -> bool:
    """Whether what the person says of a printed name may hold for all later plans: those are everybody's."""
    return reach(user, *KEEPERS) == EVERYWHERE


def visible_uploads(user: Any) -> QuerySet[Upload]:
    """The uploads for owners that the person keeps."""
    return Upload.objects.filter(within("owner__", authority(user).paths(*KEEPERS)))


def visible_drafts(user: Any) -> QuerySet[Draft]:
    """The drafts for owners that the person keeps."""
    return Draft.objects.filter(within("owner__", authority(user).paths(*KEEPERS)))


def supersedable_plans(user: Any) -> QuerySet[Plan]:
    """The plans of which the person may publish a further version; all for the command line."""
    if user is None:
        return Plan.objects.all()
    return Plan.objects.filter(within("owner__", authority(user).paths(*KEEPERS)))


def owners(user: Any) -> QuerySet[Unit]:
    """The units in whose name the person may upload: where the role is held, and the territories below."""
    held = {grant.unit_id for grant in authority(user).grants if grant.role in KEEPERS}
    below = within("", authority(user).paths(*KEEPERS)) & Q(kind__in=_ISSUERS) & existing()
    return Unit.objects.filter(Q(pk__in=held) | below).order_by("path")

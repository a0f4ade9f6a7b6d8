"""Which objects are asked for: the same questions as the ledger's, and those of programs that keep a copy."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.db.models import BigIntegerField, Q, QuerySet
from django.db.models.functions import Cast
from pydantic import AfterValidator, AwareDatetime, Field

from luoshi.apps.journal.models import Entry
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.addresses import FIRST_DAY, LAST_DAY
from luoshi.apps.plans.api.schemas import Role
from luoshi.apps.plans.models import Deadline, Measure, Plan, Responsibility, Target
from luoshi.site.api.paging import PageQuery
from luoshi.site.api.values import Key, Text, Year

_WORDS = 5
_SEARCHED = {
    Measure: ("title", "text", "label"),
    Target: ("indicator", "text"),
    Responsibility: ("name",),
    Deadline: ("text",),
}

Words = Annotated[Text, Field(max_length=60)]


def _in_calendar(moment: dt.datetime) -> dt.datetime:
    """Refuse moments that fall out of the calendar when they are told in another time zone."""
    if not FIRST_DAY <= moment.date() <= LAST_DAY:
        raise ValueError("应在1901年至2998年之间")
    return moment


class PlanQuery(PageQuery):
    """Which plans."""

    year: Year | None = Field(None, description="年度；跨年的方案在其各年都算")
    owner: Key | None = Field(None, description="发文单位编号")
    is_public: bool | None = Field(None, description="是否对外公开")
    q: Words = Field("", description="标题或文号中的字，空格分开")


class ObjectQuery(PageQuery):
    """Which measures, targets, responsibilities or deadlines."""

    plan: Key | None = Field(None, description="方案编号")
    year: Year | None = Field(None, description="方案的年度；跨年的方案在其各年都算")
    unit: Key | None = Field(None, description="责任单位编号")
    subtree: bool = Field(True, description="连同该单位的下级")
    role: Role | None = Field(None, description="责任单位的角色")
    due_after: dt.date | None = Field(None, description="时限不早于此日")
    due_before: dt.date | None = Field(None, description="时限不晚于此日")
    q: Words = Field("", description="字，空格分开，须都有")
    modified_since: Annotated[AwareDatetime, AfterValidator(_in_calendar)] | None = Field(
        None, description="此时以后发布过新版或人工更正过的；与 retired=true 合用可得知哪些已取消"
    )
    retired: bool = Field(False, description="连同已取消的")


class MeasureQuery(ObjectQuery):
    """Which measures."""

    is_task: bool | None = Field(None, description="只要任务，或只要标题")


class TargetQuery(ObjectQuery):
    """Which targets."""

    target_year: Year | None = Field(None, description="目标的完成年度")


def _of_year(year: int) -> QuerySet[Plan]:
    return Plan.objects.filter(Q(year=year) | Q(year__lte=year, last_year__gte=year)).order_by()


def narrowed_plans(plans: QuerySet[Plan], query: PlanQuery) -> QuerySet[Plan]:
    """The plans asked for, the newest first."""
    if query.year is not None:
        plans = plans.filter(pk__in=_of_year(query.year).values("pk"))
    if query.owner is not None:
        plans = plans.filter(owner_id=query.owner)
    if query.is_public is not None:
        plans = plans.filter(is_public=query.is_public)
    for word in query.q.split()[:_WORDS]:
        plans = plans.filter(Q(title__icontains=word) | Q(number__icontains=word))
    return plans.order_by("-year", "-pk")


def narrowed(rows: QuerySet[Any], query: ObjectQuery) -> QuerySet[Any]:
    """The objects asked for, by plan and place."""
    model = rows.model
    measure = "pk" if model is Measure else "measure_id"
    if query.plan is not None:
        rows = rows.filter(plan_id=query.plan)
    if query.year is not None:
        rows = rows.filter(plan__in=_of_year(query.year).values("pk"))
    if query.unit is not None or query.role is not None:
        parties = _parties(query)
        if model is Responsibility:
            rows = rows.filter(pk__in=parties.values("pk"))
        else:
            rows = rows.filter(**{f"{measure}__in": parties.filter(measure__isnull=False).values("measure_id")})
    if query.due_after is not None or query.due_before is not None:
        due = _due(query)
        if model is Deadline:
            rows = rows.filter(due)
        else:
            dated = Deadline.objects.filter(due, measure__isnull=False).order_by()
            if not query.retired:
                dated = dated.filter(retired_in=None)
            rows = rows.filter(**{f"{measure}__in": dated.values("measure_id")})
    for word in query.q.split()[:_WORDS]:
        found = Q()
        for name in _SEARCHED[model]:
            found |= Q(**{f"{name}__icontains": word})
        rows = rows.filter(found)
    if query.modified_since is not None:
        rows = rows.filter(_modified(model, query.modified_since))
    return rows.order_by("plan_id", "position" if model is Measure else "line", "pk")


def _parties(query: ObjectQuery) -> QuerySet[Responsibility]:
    parties = Responsibility.objects.order_by()
    if not query.retired:
        parties = parties.filter(retired_in=None)
    if query.role is not None:
        parties = parties.filter(role=query.role)
    if query.unit is None:
        return parties
    wanted = Q(unit_id=query.unit)
    if query.subtree:
        top = Unit.objects.filter(pk=query.unit).values_list("path", flat=True).first()
        wanted = Q(unit__path__startswith=top) if top else Q(pk__in=())
    return parties.filter(pk__in=Responsibility.units.through.objects.filter(wanted).values("responsibility_id"))


def _due(query: ObjectQuery) -> Q:
    due = Q(date__isnull=False)
    if query.due_after is not None:
        due &= Q(date__gte=query.due_after)
    if query.due_before is not None:
        due &= Q(date__lte=query.due_before)
    return due


def _modified(model: Any, since: dt.datetime) -> Q:
    """Published in a version, retired by one, or changed by hand since then."""
    entries = Entry.objects.filter(object_type=model._meta.label_lower, at__gte=since).order_by()
    by_hand = entries.annotate(row=Cast("object_id", BigIntegerField())).values("row")
    return Q(version__published_at__gte=since) | Q(retired_in__published_at__gte=since) | Q(pk__in=by_hand)

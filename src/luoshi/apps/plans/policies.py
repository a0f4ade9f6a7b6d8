"""Who sees which plans and what stands in them, and who may act on them.

* An overseer (administrator, coordinator, leader) of the owner, or of a unit above it, sees the whole plan.
* Everyone sees the measures for which a unit in their reach is lead, responsible or supporting, with all that stands
  below these measures, and the headings above them; and the targets, responsibilities and deadlines of these.
* Apps above may show further targets (``extend_visible_targets``) and with them their plan: those given to a unit.
* What a later version no longer holds is left out, unless ``retired=True`` asks for it.

All functions give querysets without joins that could repeat rows, so that callers may count, filter and page them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db.models import Model, Q, QuerySet
from django.db.models.expressions import RawSQL

from luoshi.apps.organisations.models import Role, Unit
from luoshi.apps.organisations.policies import OVERSEERS, authority, within
from luoshi.apps.plans.kinds import MOST_LEVELS
from luoshi.apps.plans.models import (
    Deadline,
    Instruction,
    Measure,
    Plan,
    PlanTable,
    PlanVersion,
    Responsibility,
    SourceDocument,
    Target,
)

MANAGERS = (Role.ADMINISTRATOR, Role.COORDINATOR)

M = TypeVar("M", bound=Model)

#: Gives the keys of targets that a person sees for another reason than the plan's own words: a queryset of one column.
MoreTargets = Callable[[Any], "QuerySet[Any, Any]"]
_MORE_TARGETS: list[MoreTargets] = []


def extend_visible_targets(function: MoreTargets) -> None:
    """Let an app above show a person more targets; it is asked for people with a role only, and runs inside the SQL."""
    if function not in _MORE_TARGETS:
        _MORE_TARGETS.append(function)


def _more_targets(user: Any) -> list[QuerySet[Any, Any]]:
    return [function(user).order_by() for function in _MORE_TARGETS]


def _oversees_everything(user: Any) -> bool:
    """Whether the person oversees every plan stored, so that no condition is needed; remembered for the request."""
    known: bool | None = getattr(user, "_oversees_everything", None)
    if known is None:
        tops = authority(user).paths(*OVERSEERS)
        known = bool(tops) and not Plan.objects.exclude(within("owner__", tops)).exists()
        if user is not None:
            user._oversees_everything = known
    return known


def _overseen_plans(user: Any) -> QuerySet[Plan]:
    """The plans that the person sees as a whole."""
    return Plan.objects.filter(within("owner__", authority(user).paths(*OVERSEERS))).order_by()


def _of_overseen_plans(user: Any) -> Q:
    """A condition on objects of a plan; without a role that oversees there is nothing to ask the database for."""
    if not authority(user).holds(*OVERSEERS):
        return Q(pk__in=())
    return Q(plan__in=_overseen_plans(user).values("pk"))


def _own_responsibilities(user: Any, retired: bool = False) -> QuerySet[Responsibility]:
    """The responsibilities in force of units in the person's reach; on request the retired ones of retired measures."""
    through = Responsibility.units.through
    reach = Unit.objects.filter(within("", authority(user).paths())).order_by().values("pk")
    # Led by the units, few, rather than by the responsibilities, many.
    mine = through.objects.filter(unit_id__in=reach).values("responsibility_id")
    stands = Q(retired_in=None)
    if retired:
        stands |= Q(measure__retired_in__isnull=False)
    return Responsibility.objects.filter(stands, pk__in=mine).order_by()


def _seen_below(model: type[Model], user: Any, retired: bool) -> RawSQL:
    """The keys of the rows of ``model`` that the person sees.

    These are: what belongs to their own measures, to all that stands below them and to the headings above, and what
    belongs to a plan that they oversee. One list of keys, with no ``OR`` around it: PostgreSQL joins it once, where it
    would run a list inside an ``OR`` again for every row. The outline is walked a level a step and by ``IN``: of
    recursion and of joins PostgreSQL expects far more rows than there are, and plans a huge join for a small one.
    """
    # A plan that is seen as a whole needs no walk.
    own = _own_responsibilities(user, retired).filter(~_of_overseen_plans(user))
    mine, params = own.filter(measure__isnull=False).values("measure_id").distinct().query.sql_with_params()
    measures, table = Measure._meta.db_table, model._meta.db_table
    rows = "SELECT id FROM seen"
    if model is not Measure:
        rows = f"SELECT id FROM {table} WHERE measure_id IN (SELECT id FROM seen)"
    branches = [rows]
    if authority(user).holds(*OVERSEERS):
        plans, more = _overseen_plans(user).values("pk").query.sql_with_params()
        branches.append(f"SELECT id FROM {table} WHERE plan_id IN ({plans})")
        params += more
    if model is Responsibility:
        # A clause outside of any measure is seen by the units that it names.
        loose, more = own.filter(measure=None).values("pk").query.sql_with_params()
        branches.append(f"SELECT id FROM {table} WHERE id IN ({loose})")
        params += more
    if model is Target:
        for further in _more_targets(user):
            try:
                keys, more = further.query.sql_with_params()
            except EmptyResultSet:
                continue
            branches.append(f"SELECT id FROM {table} WHERE id IN ({keys})")
            params += more
    steps = range(1, MOST_LEVELS)
    walks = [f"up0(id) AS ({mine})", "down0(id) AS (SELECT id FROM up0)"]
    for step in steps:
        walks.append(
            f"up{step}(id) AS (SELECT DISTINCT parent_id FROM {measures} "
            f"WHERE id IN (SELECT id FROM up{step - 1}) AND parent_id IS NOT NULL)"
        )
        walks.append(
            f"down{step}(id) AS (SELECT id FROM {measures} WHERE parent_id IN (SELECT id FROM down{step - 1}))"
        )
    seen = " UNION ".join(
        f"SELECT id FROM {name}" for name in ("up0", *(f"{w}{n}" for w in ("up", "down") for n in steps))
    )
    # Built from Django's own SQL; every value is a parameter.
    return RawSQL(f"WITH {', '.join(walks)}, seen(id) AS ({seen}) {' UNION ALL '.join(branches)}", params)


def _in_force(queryset: QuerySet[M], retired: bool) -> QuerySet[M]:
    return queryset if retired else queryset.filter(retired_in=None)


def visible_plans(user: Any) -> QuerySet[Plan]:
    """The plans that the person oversees, and those in which a unit in their reach has something to do."""
    if _oversees_everything(user):
        return Plan.objects.all()
    paths = authority(user).paths()
    if not paths:
        return Plan.objects.none()
    mine = _own_responsibilities(user).values("plan_id")
    seen = Q(pk__in=_overseen_plans(user).values("pk")) | Q(pk__in=mine)
    for further in _more_targets(user):
        seen |= Q(pk__in=Target.objects.filter(pk__in=further, retired_in=None).order_by().values("plan_id"))
    return Plan.objects.filter(seen)


def public_plans() -> QuerySet[Plan]:
    """The plans that everyone may read, without signing in."""
    return Plan.objects.filter(is_public=True)


def overseen_plans(user: Any) -> QuerySet[Plan]:
    """The plans that the person sees as a whole, as an overseer of the unit that issued them."""
    return Plan.objects.all() if _oversees_everything(user) else _overseen_plans(user)


def visible_measures(user: Any, *, retired: bool = False) -> QuerySet[Measure]:
    """The measures (headings too) that the person sees."""
    if _oversees_everything(user):
        return _in_force(Measure.objects.all(), retired)
    if not authority(user).paths():
        return Measure.objects.none()
    return _in_force(Measure.objects.filter(pk__in=_seen_below(Measure, user, retired)), retired)


def _visible_parts(model: type[M], user: Any, retired: bool) -> QuerySet[M]:
    """Objects of an overseen plan, and those under a measure that the person sees."""
    manager = model._default_manager
    if _oversees_everything(user):
        return _in_force(manager.all(), retired)
    if not authority(user).paths():
        return manager.none()
    return _in_force(manager.filter(pk__in=_seen_below(model, user, retired)), retired)


def visible_targets(user: Any, *, retired: bool = False) -> QuerySet[Target]:
    """The targets that the person sees."""
    return _visible_parts(Target, user, retired)


def visible_responsibilities(user: Any, *, retired: bool = False) -> QuerySet[Responsibility]:
    """The responsibilities that the person sees: of all units under the measures seen."""
    return _visible_parts(Responsibility, user, retired)


def visible_deadlines(user: Any, *, retired: bool = False) -> QuerySet[Deadline]:
    """The deadlines that the person sees."""
    return _visible_parts(Deadline, user, retired)


def visible_tables(user: Any, *, retired: bool = False) -> QuerySet[PlanTable]:
    """The annex tables of the plans that the person sees: a table names many units, and has no measure of its own."""
    return _in_force(PlanTable.objects.filter(plan__in=visible_plans(user).order_by().values("pk")), retired)


def visible_instructions(user: Any) -> QuerySet[Instruction]:
    """The remarks of leaders on the plans and measures that the person sees."""
    if _oversees_everything(user):
        return Instruction.objects.all()
    plans = visible_plans(user).order_by().values("pk")
    measures = visible_measures(user, retired=True).order_by().values("pk")
    return Instruction.objects.filter(Q(measure=None, plan__in=plans) | Q(measure__in=measures))


def visible_documents(user: Any) -> QuerySet[SourceDocument]:
    """The documents from which the plans that the person sees were read, in any version."""
    versions = PlanVersion.objects.filter(plan__in=visible_plans(user).order_by().values("pk")).order_by()
    return SourceDocument.objects.filter(pk__in=versions.values("document_id"))


def may_manage(user: Any, plan: Plan) -> bool:
    """Whether the person may publish, change and open the plan: administrator or coordinator over its owner."""
    return authority(user).covers(plan.owner, *MANAGERS)


def may_publish_for(user: Any, owner: Unit) -> bool:
    """Whether the person may publish a plan that the unit issued."""
    return authority(user).covers(owner, *MANAGERS)


def may_instruct(user: Any, plan: Plan) -> bool:
    """Whether the person may write a remark (批示) on the plan: a leader over its owner."""
    return authority(user).covers(plan.owner, Role.LEADER)


def sees_whole(user: Any, plan: Plan) -> bool:
    """Whether the person sees everything in the plan, not only the measures of their own units."""
    return authority(user).covers(plan.owner, *OVERSEERS)

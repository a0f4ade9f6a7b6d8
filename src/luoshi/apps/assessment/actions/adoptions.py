"""Schemes put in force for units and periods, and where the figures of each item come from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.http import Http404

from luoshi.apps.assessment.actions.common import plain
from luoshi.apps.assessment.actions.usual import set_usual
from luoshi.apps.assessment.computing import scheme_of
from luoshi.apps.assessment.errors import Invalid, NotNow, Stale
from luoshi.apps.assessment.models import (
    Adoption,
    AdoptionUnit,
    ItemSource,
    Run,
    RunState,
    SchemeVersion,
    SourceKind,
    VersionState,
)
from luoshi.apps.assessment.policies import may_keep, visible_adoptions, visible_versions
from luoshi.apps.assessment.sources import figures_of
from luoshi.apps.indicators.models import CadenceChoice, Indicator
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require
from luoshi.apps.plans.models import Tier
from luoshi.periods import Cadence, Period, PeriodError
from luoshi.scoring import ChoiceError, Scheme, with_choices

NOT_KEEPER = "只有考核单位的统筹办、牵头处室可以安排考核。"
MOST_UNITS = 5000
MOST_DAYS = 60
#: The cadence that a scheme asks for by its ``period``.
CADENCES = {
    "year": Cadence.YEARLY,
    "half-year": Cadence.HALF_YEARLY,
    "quarter": Cadence.QUARTERLY,
    "month": Cadence.MONTHLY,
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What an adoption says. ``units``: in any order, each with its group ('' for none); ``choices``: by assumption."""

    name: str
    units: Sequence[tuple[Unit, str]]
    last_period: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    objection_days: int = 5
    reason: str = ""


def adopt_scheme(
    *,
    acting_user: Any,
    version: SchemeVersion,
    owner: Unit,
    cadence: str,
    first_period: str,
    terms: Terms,
    usual_sources: bool = False,
) -> Adoption:
    """Put an issued version in force from a period on. Raises ``Invalid``, ``NotNow``; 404 for what is not seen.

    ``usual_sources``: the items of a shipped scheme take their usual figures of the ledgers.
    """
    require(may_keep(acting_user, owner), NOT_KEEPER)
    if acting_user is not None and not visible_versions(acting_user).filter(pk=version.pk).exists():
        raise Http404
    scheme = _usable(version)
    if cadence not in CadenceChoice.values:
        raise Invalid("请选择周期。")
    wanted = CADENCES.get(scheme.period)
    if wanted is not None and wanted != cadence:
        raise Invalid(f"此办法按{CadenceChoice(wanted).label}评分，周期应选“{CadenceChoice(wanted).label}”。")
    first = _period(first_period, cadence, "起始期")
    _check(terms, scheme, first, cadence)
    with transaction.atomic():
        adoption = Adoption.objects.create(
            version=version,
            name=plain(terms.name, "名称", most=200),
            owner=owner,
            cadence=cadence,
            first_period=str(first),
            last_period=_last(terms, cadence),
            choices=dict(terms.choices),
            objection_days=terms.objection_days,
            reason=plain(terms.reason, "说明", most=300, required=False),
            created_by=acting_user,
        )
        _set_units(adoption, terms.units)
        taken = list(set_usual(adoption, scheme)) if usual_sources else []
        record(acting_user=acting_user, acts=[_act(adoption, "安排考核", 单位=len(terms.units), 台账取数=taken or "")])
    return adoption


@transaction.atomic
def edit_adoption(
    *,
    acting_user: Any,
    adoption_id: int,
    terms: Terms,
    version: SchemeVersion | None = None,
    revision: int | None = None,
) -> Adoption:
    """Other units, readings, days, or a later version of the same scheme; runs that were opened stay as they are."""
    adoption = _locked(acting_user, adoption_id, revision)
    _in_force(adoption)
    before = _said(adoption)
    if version is not None and version.pk != adoption.version_id:
        if version.scheme_id != adoption.version.scheme_id:
            raise Invalid("只能换用同一评分办法的其他版次。")
        adoption.version = version
    scheme = _usable(adoption.version, stopped_too=True)
    first = Period.parse(adoption.first_period)
    _check(terms, scheme, first, adoption.cadence)
    gone = set(adoption.units.values_list("unit_id", flat=True)) - {unit.pk for unit, _ in terms.units}
    open_runs = Run.objects.filter(adoption=adoption, state__in=(RunState.DRAFT, RunState.PREVIEW))
    if gone and open_runs.filter(state=RunState.PREVIEW).exists():
        raise NotNow("有一期正在公示，不能减少单位；请先定稿或撤回。")
    adoption.name = plain(terms.name, "名称", most=200)
    adoption.last_period = _last(terms, adoption.cadence)
    adoption.choices = dict(terms.choices)
    adoption.objection_days = terms.objection_days
    adoption.reason = plain(terms.reason, "说明", most=300, required=False)
    adoption.revision += 1
    adoption.save()
    _set_units(adoption, terms.units)
    kept = item_keys(scheme)
    ItemSource.objects.filter(adoption=adoption).exclude(item__in=kept).delete()
    record(acting_user=acting_user, acts=[_act(adoption, "修改考核安排", before=before, 单位=len(terms.units))])
    return adoption


@transaction.atomic
def end_adoption(*, acting_user: Any, adoption_id: int, reason: str, revision: int | None = None) -> Adoption:
    """No further periods are scored; results stay. Raises ``NotNow`` while a run is open."""
    adoption = _locked(acting_user, adoption_id, revision)
    _in_force(adoption)
    why = plain(reason, "结束的原因", most=300)
    if Run.objects.filter(adoption=adoption, state__in=(RunState.DRAFT, RunState.PREVIEW)).exists():
        raise NotNow("有一期考核还没有定稿，请先定稿或撤回。")
    takers = Adoption.objects.filter(sources__takes=adoption, is_active=True).distinct()
    if names := list(takers.values_list("name", flat=True)[:3]):
        raise NotNow(f"“{'”“'.join(names)}”还在取用这项考核的结果，请先改它们的数据来源。")
    adoption.is_active = False
    adoption.revision += 1
    adoption.save(update_fields=("is_active", "revision"))
    record(acting_user=acting_user, acts=[_act(adoption, "结束考核安排", 原因=why)])
    return adoption


@transaction.atomic
def set_item_source(
    *,
    acting_user: Any,
    adoption_id: int,
    item: str,
    kind: str,
    indicator: Indicator | None = None,
    takes: Adoption | None = None,
    parameters: Mapping[str, Any] | None = None,
    checked_by: Unit | None = None,
    revision: int | None = None,
) -> ItemSource | None:
    """Say where an item's figures come from and who checks it; ``None``: typed by hand and checked by nobody else.

    ``parameters``: of an indicator ``tier``, ``target_share`` (% of the target that is due), ``span`` (``year``: since
    January), ``figure`` (``growth``: on the year before); of ledgers ``figure`` and ``target_share``.
    """
    adoption = _locked(acting_user, adoption_id, revision)
    _in_force(adoption)
    scheme = scheme_of(adoption.version.text)
    if item not in item_keys(scheme):
        raise Invalid(f"评分办法里没有第{item[:30]}项。")
    if kind not in SourceKind.values:
        raise Invalid("请选择数据来源。")
    is_part = item in {part.key for part in scheme.parts}
    if is_part and kind != SourceKind.RUN:
        raise Invalid("这一部分取另一项考核的结果，请选择是哪一项。")
    kept = _parameters(SourceKind(kind), parameters or {})
    if kind == SourceKind.INDICATOR and indicator is None:
        raise Invalid("请选择指标。")
    if kind == SourceKind.RUN:
        takes = _takes(acting_user, adoption, takes)
    before = ItemSource.objects.filter(adoption=adoption, item=item).first()
    said = before.get_kind_display() if before is not None else SourceKind.HAND.label
    if kind == SourceKind.HAND and checked_by is None:
        ItemSource.objects.filter(adoption=adoption, item=item).delete()
        source = None
    else:
        source, _ = ItemSource.objects.update_or_create(
            adoption=adoption,
            item=item,
            defaults={
                "kind": kind,
                "indicator": indicator if kind == SourceKind.INDICATOR else None,
                "takes": takes if kind == SourceKind.RUN else None,
                "parameters": kept,
                "checked_by": checked_by,
            },
        )
    adoption.revision += 1
    adoption.save(update_fields=("revision",))
    after = {
        "项": item,
        "来源": SourceKind(kind).label,
        "指标": indicator.name if indicator and kind == SourceKind.INDICATOR else "",
        "考核": takes.name if takes and kind == SourceKind.RUN else "",
        "参数": kept,
        "审核单位": str(checked_by or ""),
    }
    record(acting_user=acting_user, acts=[_act(adoption, "设定数据来源", before={"来源": said}, **after)])
    return source


@transaction.atomic
def take_usual_sources(*, acting_user: Any, adoption_id: int, revision: int | None = None) -> list[str]:
    """Let the items that nobody gave a source yet take their usual figures of the ledgers; gives the items. Raises
    ``NotNow`` where there is none."""
    adoption = _locked(acting_user, adoption_id, revision)
    _in_force(adoption)
    taken = list(set_usual(adoption, scheme_of(adoption.version.text)))
    if not taken:
        raise NotNow("没有可以按台账取数的项，或都已设定。")
    adoption.revision += 1
    adoption.save(update_fields=("revision",))
    record(acting_user=acting_user, acts=[_act(adoption, "按台账取数", 项=taken)])
    return taken


def item_keys(scheme: Scheme) -> set[str]:
    """What figures come in for: the items, or the parts of a combination."""
    return {item.key for item in scheme.items} | {part.key for part in scheme.parts}


def _locked(user: Any, adoption_id: int, revision: int | None) -> Adoption:
    if user is not None and not visible_adoptions(user).filter(pk=adoption_id).exists():
        raise Http404
    adoption = Adoption.objects.select_for_update().filter(pk=adoption_id).order_by("pk").first()
    if adoption is None:
        raise Http404
    adoption.owner = Unit.objects.get(pk=adoption.owner_id)
    require(may_keep(user, adoption.owner), NOT_KEEPER)
    if revision is not None and revision != adoption.revision:
        raise Stale("此考核安排")
    return adoption


def _in_force(adoption: Adoption) -> None:
    if not adoption.is_active:
        raise NotNow("此考核安排已经结束，不能再改。")


def _usable(version: SchemeVersion, *, stopped_too: bool = False) -> Scheme:
    if version.state != VersionState.ISSUED:
        raise NotNow("只有已发布的评分办法可以启用，请先发布。")
    if version.scheme.stopped_at is not None and not stopped_too:
        raise NotNow("此评分办法已停用，不能再启用。")
    return scheme_of(version.text)


def _period(text: str, cadence: str, what: str) -> Period:
    try:
        period = Period.parse(text.strip())
    except PeriodError as error:
        raise Invalid(f"{what}：{error}。") from error
    if period.cadence is not Cadence(cadence):
        raise Invalid(f"{what}“{period.label}”与周期“{CadenceChoice(cadence).label}”不符。")
    return period


def _last(terms: Terms, cadence: str) -> str:
    return str(_period(terms.last_period, cadence, "截止期")) if terms.last_period.strip() else ""


def _check(terms: Terms, scheme: Scheme, first: Period, cadence: str) -> None:
    if (last := _last(terms, cadence)) and Period.parse(last) < first:
        raise Invalid("截止期不能早于起始期。")
    if not 1 <= terms.objection_days <= MOST_DAYS:
        raise Invalid(f"公示期应为1至{MOST_DAYS}个工作日。")
    if not terms.units:
        raise Invalid("请选择被考核的单位。")
    if len(terms.units) > MOST_UNITS:
        raise Invalid(f"一次最多考核{MOST_UNITS}个单位。")
    if len({unit.pk for unit, _ in terms.units}) != len(terms.units):
        raise Invalid("同一个单位写了两次。")
    groups = {group.key for group in scheme.unit_groups}
    for unit, group in terms.units:
        if groups and group and group not in groups:
            raise Invalid(f"{unit}的组别“{group[:30]}”不在评分办法里，可选的有：{'、'.join(sorted(groups))}。")
        if len(group) > 60:
            raise Invalid("组别不能超过60字。")
    try:
        with_choices(scheme, dict(terms.choices))
    except ChoiceError as error:
        raise Invalid(f"{error}。") from error


def _set_units(adoption: Adoption, units: Sequence[tuple[Unit, str]]) -> None:
    """Units and their groups as given; rows that stay keep their place."""
    wanted = {unit.pk: group.strip() for unit, group in units}
    known = {row.unit_id: row for row in AdoptionUnit.objects.filter(adoption=adoption)}
    AdoptionUnit.objects.filter(adoption=adoption, unit_id__in=set(known) - set(wanted)).delete()
    changed = [row for pk, row in known.items() if pk in wanted and row.group != wanted[pk]]
    for row in changed:
        row.group = wanted[row.unit_id]
    AdoptionUnit.objects.bulk_update(changed, ("group",), batch_size=500)
    fresh = [AdoptionUnit(adoption=adoption, unit_id=pk, group=wanted[pk]) for pk in wanted if pk not in known]
    AdoptionUnit.objects.bulk_create(fresh, batch_size=500)


def _parameters(kind: SourceKind, given: Mapping[str, Any]) -> dict[str, str]:
    """What is kept of the parameters of a source."""
    kept: dict[str, str] = {}
    share = str(given.get("target_share") or "").strip().rstrip("%")
    if share and kind in (SourceKind.INDICATOR, SourceKind.INVESTMENT, SourceKind.PROJECTS):
        try:
            number = Decimal(share)
        except InvalidOperation as error:
            raise Invalid("本期应完成目标的比例应为数字，如 25。") from error
        if not number.is_finite() or not 0 < number <= 100:
            raise Invalid("本期应完成目标的比例应大于0、不超过100。")
        if number != 100:
            kept["target_share"] = f"{number.normalize():f}"
    figure = str(given.get("figure") or "").strip()
    if kind == SourceKind.INDICATOR:
        tier = str(given.get("tier") or "").strip()
        if tier and tier not in Tier.values:
            raise Invalid("没有这一档目标。")
        if figure not in ("", "growth"):
            raise Invalid("请选择取实际数还是增幅。")
        if given.get("span") not in (None, "", "year"):
            raise Invalid("请选择取当期数还是累计数。")
        kept |= {name: value for name, value in (("tier", tier), ("figure", figure)) if value}
        if given.get("span"):
            kept["span"] = "year"
    elif kind in (SourceKind.PUNCTUALITY, SourceKind.INVESTMENT, SourceKind.PROJECTS):
        offered = figures_of(kind)
        if figure not in offered:
            names = "、".join(one.title for one in offered.values()) or "还没有"
            raise Invalid(f"请选择取哪个数，可选的有：{names}。")
        kept["figure"] = figure
    return kept


def _takes(user: Any, adoption: Adoption, takes: Adoption | None) -> Adoption:
    """The adoption whose result an item takes: seen by the person, not the same, and not in a circle."""
    if takes is None or not visible_adoptions(user).filter(pk=takes.pk).exists():
        raise Invalid("请选择取哪项考核的结果。")
    if adoption.pk in _reached([takes.pk]):
        raise Invalid("两项考核不能互相取用结果。")
    return takes


def _reached(waiting: Collection[int]) -> set[int]:
    """Adoptions that others take results of, through any number of steps."""
    found: set[int] = set()
    waiting = set(waiting)
    while waiting:
        found |= waiting
        rows = ItemSource.objects.filter(adoption__in=waiting, takes__isnull=False).order_by()
        waiting = set(rows.values_list("takes_id", flat=True)) - found
    return found


def _said(adoption: Adoption) -> dict[str, Any]:
    return {
        "名称": adoption.name,
        "版次": adoption.version.ordinal,
        "自": adoption.first_period,
        "至": adoption.last_period,
        "采用的理解": adoption.choices,
        "公示工作日": adoption.objection_days,
    }


def _act(adoption: Adoption, action: str, before: dict[str, Any] | None = None, **after: Any) -> Act:
    values = _said(adoption) | after
    kept = {key: value for key, value in values.items() if value not in ("", None, {})}
    return Act(action=action, target=adoption, label=adoption.name, before=before, after=kept)

"""A run's core put together from the database: what is scored, and what is frozen with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from luoshi.apps.assessment.computing import FORM, Json, names_of, scheme_of, text_of
from luoshi.apps.assessment.drawing import final_run, period_taken
from luoshi.apps.assessment.errors import NotNow
from luoshi.apps.assessment.models import AdoptionUnit, Evidence, EvidenceState, ItemSource, Run, RunFact, SourceKind
from luoshi.apps.assessment.sources import overviews_of
from luoshi.apps.organisations.models import Unit
from luoshi.periods import Period
from luoshi.scoring import Scheme


@dataclass(frozen=True, slots=True)
class Member:
    """A unit that is scored, by the name that it has in the run."""

    unit: Unit
    name: str
    group: str


def members_of(run: Run) -> list[Member]:
    """The units of a run's adoption in the order of the register: one query."""
    rows = list(AdoptionUnit.objects.filter(adoption=run.adoption_id).select_related("unit").order_by("unit__path"))
    names = names_of(row.unit for row in rows)
    return [Member(row.unit, names[row.unit_id], row.group) for row in rows]


def scheme_for(run: Run) -> Scheme:
    """The scheme of a run's version."""
    return scheme_of(run.version.text)


def sources_of(run: Run) -> list[ItemSource]:
    """The sources of a run's items: one query."""
    rows = ItemSource.objects.filter(adoption=run.adoption_id)
    return list(rows.select_related("indicator", "takes__owner", "checked_by").order_by("pk"))


def effective_facts(rows: Iterable[RunFact]) -> list[RunFact]:
    """Of the figures of a run those that count: a typed one beats the drawn one of its unit, item and judge; where
    judges mark an item, their marks stand for the drawn figure."""
    found: dict[tuple[int, str, str], RunFact] = {}
    marked: set[tuple[int, str]] = set()
    for row in rows:
        key = (row.unit_id, row.item, row.judge)
        if key not in found or row.is_typed:
            found[key] = row
        if row.judge:
            marked.add((row.unit_id, row.item))
    return [row for key, row in found.items() if row.judge or key[:2] not in marked]


def core_of(run: Run, members: Sequence[Member] | None = None, facts: Iterable[RunFact] | None = None) -> Json:
    """What a draft would be scored from now. Raises ``NotNow`` where a part that it is made of has no final result."""
    members = members_of(run) if members is None else members
    scheme = scheme_for(run)
    by_unit = {member.unit.pk: member for member in members}
    rows = list(RunFact.objects.filter(run=run)) if facts is None else list(facts)
    items = {item.key: place for place, item in enumerate(scheme.items)}
    evidence = _evidence(run)
    kept = [
        {
            "key": by_unit[row.unit_id].unit.key,
            "unit": by_unit[row.unit_id].name,
            "item": row.item,
            "judge": row.judge,
            "value": text_of(row.value),
            "target": text_of(row.target),
            "previous": text_of(row.previous),
            "source": row.source,
            "date": row.date.isoformat() if row.date else None,
            "reference": row.reference,
            "typed": row.is_typed,
            "reason": row.reason,
            "evidence": evidence.get((row.unit_id, row.item), ""),
        }
        for row in sorted(effective_facts(rows), key=lambda one: (one.unit_id, items.get(one.item, 0), one.judge))
        if row.unit_id in by_unit and row.item in items
    ]
    core: Json = {
        "scheme": run.version.text,
        "choices": dict(run.choices),
        "units": [{"key": one.unit.key, "name": one.name, "group": one.group} for one in members],
        "facts": kept,
    }
    if scheme.parts:
        core["parts"] = _parts(run, scheme)
    return core


def chain_of(run: Run) -> list[int]:
    """The run and those that it corrects, the newest first: evidence and objections stay with the run they came to."""
    found, at = [run.pk], run.corrects_id
    while at is not None and at not in found:
        found.append(at)
        at = Run.objects.filter(pk=at).values_list("corrects_id", flat=True).first()
    return found


def _evidence(run: Run) -> dict[tuple[int, str], str]:
    """Names of the files that were not refused, by unit and item."""
    found: dict[tuple[int, str], list[str]] = {}
    rows = Evidence.objects.filter(run__in=chain_of(run)).exclude(state=EvidenceState.REFUSED)
    for unit, item, name in rows.order_by("pk").values_list("unit_id", "item", "name"):
        found.setdefault((unit, item), []).append(name)
    return {key: "、".join(names)[:200] for key, names in found.items()}


_CORE = ("scheme", "choices", "units", "facts", "parts")


def _parts(run: Run, scheme: Scheme) -> Json:
    """The frozen cores of the runs that the scheme's parts take."""
    sources = {source.item: source for source in sources_of(run) if source.kind == SourceKind.RUN}
    period, found, missing = Period.parse(run.period), {}, []
    for part in scheme.parts:
        source = sources.get(part.key)
        if source is None or source.takes is None:
            missing.append(f"{part.title}没有指定取哪项考核的结果")
            continue
        wanted = period_taken(source.takes, period, part.key)
        taken = final_run(source.takes, wanted, run.as_of)
        if taken is None or taken.snapshot is None:
            missing.append(f"{wanted.label}{source.takes.name}还没有定稿")
            continue
        core = {name: taken.snapshot[name] for name in _CORE if name in taken.snapshot}
        found[part.key] = core | {"run": taken.pk, "period": taken.period}
    if missing:
        raise NotNow(f"还不能合成：{'；'.join(missing)}。")
    return found


def head_of(run: Run, members: Sequence[Member] | None = None) -> Json:
    """What a snapshot says of itself, and under ``beside`` the tables told beside the ranking, where there are any."""
    owner = run.adoption.owner
    beside = _beside(run, members_of(run) if members is None else members)
    return {
        "form": FORM,
        "run": run.pk,
        "adoption": {"id": run.adoption_id, "name": run.adoption.name},
        "owner": {"key": owner.key, "name": str(owner)},
        "title": scheme_for(run).title,
        "period": run.period,
        "as_of": run.as_of.isoformat(),
        **({"beside": beside} if beside else {}),
    }


def _beside(run: Run, members: Sequence[Member]) -> list[Json]:
    """What the ledgers tell of the units as of the run's moment."""
    kinds = {source.kind for source in sources_of(run)}
    return overviews_of(kinds, Period.parse(run.period), [one.unit.pk for one in members], run.as_of)

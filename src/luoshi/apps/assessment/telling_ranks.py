"""A final run as the ranking of a bulletin; the bulletin reads it again from the frozen run when it is verified."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from luoshi.apps.assessment.models import Run, RunState
from luoshi.apps.assessment.queries.runs import STANDING, league, read_run, standing_in
from luoshi.apps.bulletins.errors import NothingToTell
from luoshi.apps.organisations.models import Unit
from luoshi.periods import Period

SOURCE = "assessment"


def ranking_of(about: Mapping[str, Any], owner: Unit, period: Period) -> dict[str, Any]:
    """What a bulletin tells of a run that is or was final."""
    number = about.get("run")
    rows = Run.objects.select_related("adoption__owner", "version__scheme", "corrects")
    run = rows.filter(pk=number, final_at__isnull=False, state__in=(RunState.FINAL, RunState.REPLACED)).first()
    if run is None or run.snapshot is None:
        raise NothingToTell("考核还没有定稿，定稿以后才能通报排名。")
    if not run.adoption.owner.path.startswith(owner.path) or run.period != str(period):
        raise NothingToTell("这次考核不属于印发单位或这一期。")
    read = read_run(run)
    earlier = Run.objects.filter(adoption=run.adoption_id, period__lt=run.period, state__in=STANDING)
    # Named in the snapshot, so that what is drawn again compares with the same run.
    wanted = about.get("before")
    former = earlier.filter(pk=wanted).first() if wanted else None
    kinds = {unit.key: (unit.name, unit.kind) for unit in Unit.objects.filter(key__in=list(read.names))}
    beside = [
        table | {"rows": [row | {"name": read.names[row["key"]]} for row in table["rows"] if row["key"] in read.names]}
        for table in run.snapshot.get("beside", ())
    ]
    return {
        **({"beside": beside} if beside else {}),
        "title": run.adoption.name,
        "reference": f"考核{run.pk}，数据摘要{run.digest[:12]}",
        "digest": run.digest,
        "columns": [part.title for part in read.scheme.parts] or [group.title for group in read.scheme.groups],
        "units": [
            {
                "key": row.key,
                "name": row.name,
                "full": kinds.get(row.key, (row.name, ""))[0],
                "kind": kinds.get(row.key, ("", ""))[1],
                "rank": row.rank,
                "before": row.before,
                "total": row.total,
                "points": list(row.groups),
                "words": "、".join(f"{words}{count}项" for words, count, _ in row.aside),
                "group": row.ranking,
            }
            for row in league(read, standing_in(former), set())
        ],
    }


def about_of(run: Run) -> dict[str, Any]:
    """How a bulletin names a run, with the run that it is compared with."""
    rows = Run.objects.filter(adoption=run.adoption_id, period__lt=run.period, state__in=STANDING)
    before = rows.order_by("-period", "-ordinal").values_list("pk", flat=True).first()
    return {"source": SOURCE, "run": run.pk, "before": before}

"""Taking in files of official statistics, as a whole or not at all."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction

from luoshi.apps.indicators.actions.observing import record_observations, withdraw_observations
from luoshi.apps.indicators.errors import IndicatorError
from luoshi.apps.indicators.models import ColumnMapping, ObservationSource, StatisticsImport
from luoshi.apps.indicators.policies import may_keep_for
from luoshi.apps.indicators.sheets import read_table
from luoshi.apps.indicators.statistics import Reading, read_statistics
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require

ORIGIN = "import"


def _may(acting_user: Any, owner: Unit) -> None:
    require(acting_user is None or may_keep_for(acting_user, owner), f"您不能为{owner}导入统计数据。")


def import_statistics(
    *,
    acting_user: Any,
    data: bytes,
    name: str,
    owner: Unit,
    mapping: Reading,
    period: str = "",
    now: dt.datetime | None = None,
) -> StatisticsImport:
    """Record every value of a file; raises ``StatisticsRefused`` with all problems, and then nothing was recorded.

    ``summary`` of the result: ``added``, ``changed``, ``unchanged``, ``rows``, ``blanks``, ``ignored``, ``period``, and
    ``same_as``, the number of an earlier import of the very same file.
    """
    _may(acting_user, owner)
    table = read_table(data, mapping.sheet)
    read = read_statistics(table, mapping, period=period, user=acting_user)
    digest = hashlib.sha256(data).hexdigest()
    with transaction.atomic():
        earlier = same_file(data, owner)
        done = StatisticsImport.objects.create(
            name=name[:200],
            file=ContentFile(data, name=name[-100:] or "statistics"),
            sha256=digest,
            mapping=mapping.to_json(),
            owner=owner,
            imported_by=acting_user,
        )
        if now is not None:
            StatisticsImport.objects.filter(pk=done.pk).update(imported_at=now)
        recorded = record_observations(
            acting_user=acting_user,
            facts=read.facts,
            source=ObservationSource.STATISTICS,
            origin=ORIGIN,
            origin_id=done.pk,
            now=now,
        )
        done.summary = {
            "added": recorded.added,
            "changed": recorded.changed,
            "unchanged": recorded.unchanged,
            "rows": read.rows,
            "blanks": read.blanks,
            "ignored": read.ignored,
            "period": period if not mapping.period else "",
            "same_as": earlier.pk if earlier else None,
        }
        done.save(update_fields=("summary",))
        record(acting_user=acting_user, acts=[Act(action="导入统计数据", target=done, after=done.summary)])
    return done


def same_file(data: bytes, owner: Unit) -> StatisticsImport | None:
    """The last import of the very same file for the unit."""
    digest = hashlib.sha256(data).hexdigest()
    rows = StatisticsImport.objects.filter(sha256=digest, owner=owner).select_related("imported_by")
    return rows.order_by("-pk").first()


def withdraw_import(*, acting_user: Any, statistics: StatisticsImport, reason: str) -> int:
    """Take back all values of an import that still count; gives how many."""
    _may(acting_user, statistics.owner)
    with transaction.atomic():
        return withdraw_observations(acting_user=acting_user, origin=ORIGIN, origin_id=statistics.pk, reason=reason)


def save_mapping(*, acting_user: Any, owner: Unit, name: str, mapping: Reading) -> ColumnMapping:
    """Keep a mapping under a name, in place of one of the same name, for the next file of this kind."""
    _may(acting_user, owner)
    name = " ".join(name.split())[:100]
    if not name:
        raise IndicatorError("请给列对应取个名字。")
    with transaction.atomic():
        Unit.objects.select_for_update(of=("self",), no_key=True).get(pk=owner.pk)
        before = ColumnMapping.objects.filter(owner=owner, name=name).first()
        row, _ = ColumnMapping.objects.update_or_create(
            owner=owner,
            name=name,
            defaults={"mapping": mapping.to_json()},
            create_defaults={"mapping": mapping.to_json(), "created_by": acting_user},
        )
        if before is None or before.mapping != row.mapping:
            act = Act(
                action="保存列对应",
                target=row,
                before=before.mapping if before else None,
                after=row.mapping,
            )
            record(acting_user=acting_user, acts=[act])
    return row


def delete_mapping(*, acting_user: Any, mapping: ColumnMapping) -> None:
    """Forget a mapping; files that were read by it stay as they are."""
    _may(acting_user, mapping.owner)
    with transaction.atomic():
        act = Act(action="删除列对应", target=mapping, before={"名称": mapping.name} | mapping.mapping)
        ColumnMapping.objects.filter(pk=mapping.pk).delete()
        record(acting_user=acting_user, acts=[act])

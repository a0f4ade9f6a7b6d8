"""What the statistical side of the demo says: quarterly figures of the registration office, and their 认定.

The figures of most counties agree with what they reported; a few differ a little, and one that reported nothing has a
figure all the same. Past quarters are verified; of the last one some units are still to be decided.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from luoshi.apps.indicators.models import Indicator
    from luoshi.apps.organisations.models import Unit
    from luoshi.periods import Period

#: Heading of the file → key of the indicator, as the form's file names them.
COLUMNS = {"净增企业": "market-net-enterprise", "净增合计": "market-net-total", "期末实有": "market-stock-total"}
STOCK = "market-stock-total"
MAPPING = "经营主体登记季报"
UNIT_HEADING = "县市、高新区"
#: How many counties differ each quarter, and how many of the last quarter are decided already.
DIFFER, DECIDED = 3, 6
#: Days after the quarter's end: the figures arrive, they are decided on.
ARRIVE, DECIDE = 20, 24


def quarter_ends(today: dt.date, months: Sequence[Period]) -> list[Period]:
    """The last months of the quarters whose official figures have arrived."""
    wait = dt.timedelta(days=ARRIVE)
    return [month for month in months if month.number % 3 == 0 and month.last_day + wait < today]


def fill_statistics(
    user: Any, owner: Unit, counties: Sequence[Unit], months: Sequence[Period], today: dt.date
) -> list[Period]:
    """Import the quarterly files and verify them; gives the periods that have official figures, in order."""
    from luoshi.apps.indicators.actions import import_statistics, save_mapping
    from luoshi.apps.indicators.models import Indicator
    from luoshi.apps.indicators.statistics import Reading

    indicators = {row.key: row for row in Indicator.objects.filter(key__in=COLUMNS.values())}
    mapping = Reading("wide", 1, UNIT_HEADING, columns=COLUMNS, ignored=("合计",))
    save_mapping(acting_user=user, owner=owner, name=MAPPING, mapping=mapping)
    ends = quarter_ends(today, months)
    for month in ends:
        quarter = f"{month.year}年{'一二三四'[month.number // 3 - 1]}季度"
        rows = list(_figures(month, counties, indicators))
        import_statistics(
            acting_user=user,
            data=_file(rows),
            name=f"{quarter}经营主体登记情况.csv",
            owner=owner,
            mapping=mapping,
            period=str(month),
            now=_at(month, ARRIVE, 10),
        )
        moment = _at(month, DECIDE, 15)
        if moment.date() < today:
            chosen = counties[:DECIDED] if month == ends[-1] else counties
            _verify(user, month, chosen, indicators, moment)
    return ends


def _at(month: Period, days: int, hour: int) -> dt.datetime:
    from django.utils import timezone

    return timezone.make_aware(dt.datetime.combine(month.last_day + dt.timedelta(days=days), dt.time(hour)))


def _figures(
    month: Period, counties: Sequence[Unit], indicators: Mapping[str, Indicator]
) -> Iterator[tuple[str, dict[str, int]]]:
    """The row of each county: what it reported, a little off for some; carried on where it reported nothing."""
    from luoshi.apps.indicators.queries import effective
    from luoshi.periods import Period

    numbers = {row.pk: key for key, row in indicators.items()}
    known: dict[tuple[int, str], dict[Period, Decimal]] = {}
    found = effective(
        indicators=list(numbers),
        unit_ids=[unit.pk for unit in counties],
        sources=["self-reported"],
        last_day=month.last_day,
    )
    for (indicator, unit_id, text), value in found.items():
        known.setdefault((unit_id, numbers[indicator]), {})[Period.parse(text)] = value.value
    draw = Random(f"luoshi statistics {month}")
    off = {unit.pk: draw.choice((-5, -3, -2, 2)) for unit in draw.sample(list(counties), DIFFER)}
    for unit in counties:
        row = {}
        for heading, key in COLUMNS.items():
            figure = _figure(month, known.get((unit.pk, key), {}), stands=key == STOCK)
            row[heading] = max(0, figure + off.get(unit.pk, 0))
        yield unit.name, row


def _figure(month: Period, reported: Mapping[Period, Decimal], *, stands: bool) -> int:
    """The county's own figure of the month; else carried on from the month last reported."""
    if month in reported:
        return int(reported[month])
    last = max((period for period in reported if stands or period.year == month.year), default=None)
    if last is None:
        return 0
    return int(reported[last] if stands else reported[last] * month.number / last.number)


def _file(rows: Sequence[tuple[str, dict[str, int]]]) -> bytes:
    """The file as it comes from a spreadsheet, with its total row."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([UNIT_HEADING, *COLUMNS])
    writer.writerow(["合计", *(sum(row[heading] for _, row in rows) for heading in COLUMNS)])
    writer.writerows([name, *row.values()] for name, row in rows)
    return text.getvalue().encode("utf-8-sig")


def _verify(
    user: Any, month: Period, counties: Sequence[Unit], indicators: Mapping[str, Indicator], moment: dt.datetime
) -> None:
    """Decide on each county: official figures count, but for one that could show what had been entered late."""
    from luoshi.apps.indicators.actions import Decision, verify_values
    from luoshi.apps.indicators.queries import effective

    units = [unit.pk for unit in counties]
    for indicator in indicators.values():
        wanted: dict[str, Any] = {"indicators": [indicator.pk], "unit_ids": units, "periods": [str(month)]}
        reported = effective(**wanted, sources=["self-reported"])
        official = effective(**wanted, sources=["statistics"])
        shown_otherwise = False
        decisions = []
        for unit in units:
            cell = (indicator.pk, unit, str(month))
            said = reported.get(cell)
            keeps = said is not None and said.value > official[cell].value and not shown_otherwise
            shown_otherwise = shown_otherwise or keeps
            reason = "月末补录的登记，已核对登记档案。" if keeps else ""
            decisions.append(Decision(unit, "self-reported" if keeps else "statistics", reason=reason))
        verify_values(acting_user=user, indicator=indicator, period=str(month), decisions=decisions, now=moment)

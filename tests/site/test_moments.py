"""One reading of ``as_of`` for all pages and the API."""

from __future__ import annotations

import datetime as dt

import pytest
from django.http import QueryDict

from luoshi.apps.indicators.api import ObservationQuery
from luoshi.apps.reporting.api.forms import PunctualityQuery, StatusQuery
from luoshi.apps.reporting.api.returns import AsOf
from luoshi.apps.reporting.views.status import as_of_in as as_of_of_status
from luoshi.apps.targets.api import AllocationQuery
from luoshi.apps.targets.views.common import as_of as as_of_of_targets
from luoshi.periods import SHANGHAI, end_of_day
from luoshi.site.moments import as_of_in, moment_of

NOON = dt.datetime(2026, 3, 4, 12, tzinfo=SHANGHAI)
EVENING = end_of_day(dt.date(2026, 3, 4))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-04", EVENING),
        ("20260304", EVENING),
        ("2026-03-04T12:00", NOON),
        ("2026-03-04 12:00", NOON),
        ("2026-03-04T04:00Z", NOON),
        ("2026-03-04T12:00 08:00", NOON),  # a plus sign in an address
        ("", None),
        ("昨天", None),
        ("2026-13-04", None),
        ("9999-12-31", None),
        ("0001-01-01T00:00+08:00", None),
        ("1" * 41, None),
    ],
)
def test_moments(text: str, moment: dt.datetime | None) -> None:
    assert moment_of(text) == moment


@pytest.mark.parametrize(("text", "moment"), [("2026-03-04", EVENING), ("2026-03-04T12:00", NOON)])
def test_all_pages_and_calls_read_the_same(text: str, moment: dt.datetime) -> None:
    asked = QueryDict(mutable=True)
    asked["as_of"] = text
    assert as_of_in(asked) == (moment, "")
    assert as_of_of_status(asked) == moment
    assert as_of_of_targets(asked) == moment
    span = {"first": "2026-01-01", "last": "2026-12-31"}
    for schema, more in (
        (AsOf, {}),
        (StatusQuery, {}),
        (PunctualityQuery, span),
        (AllocationQuery, {}),
        (ObservationQuery, {}),
    ):
        assert schema.model_validate({"as_of": text, **more}).as_of == moment, schema
        with pytest.raises(ValueError, match="应为时点"):
            schema.model_validate({"as_of": "昨天", **more})

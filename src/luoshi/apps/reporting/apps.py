"""Django's entry for this app."""

import datetime as dt
from collections.abc import Collection

from django.apps import AppConfig


def _return_names(numbers: Collection[int]) -> dict[int, str]:
    from luoshi.apps.reporting.queries.returns import return_names  # not before a page asks

    return return_names(numbers)


def _blanks(
    indicators: Collection[str], units: Collection[int], periods: Collection[str], now: dt.datetime
) -> dict[tuple[int, str], str]:
    from luoshi.apps.reporting.queries.asking import blanks

    return blanks(indicators, units, periods, now)


class ReportingConfig(AppConfig):
    """Forms, returns and their review: the monthly loop."""

    name = "luoshi.apps.reporting"
    label = "reporting"
    verbose_name = "报送"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Name the kinds of messages that this app sends, the returns that bring values, whose forms one may make."""
        from luoshi.apps.indicators.links import explain_blanks, name_origins
        from luoshi.apps.notices import kinds
        from luoshi.apps.organisations.choosing import offer
        from luoshi.apps.organisations.policies import units_of
        from luoshi.apps.reporting.policies import COLLECTORS
        from luoshi.apps.reporting.telling import LABELS

        for kind, label in LABELS.items():
            kinds.register(kind, label)
        name_origins("return", _return_names)
        explain_blanks(_blanks)
        offer("reporting.owners", lambda user, of: units_of(user, *COLLECTORS))

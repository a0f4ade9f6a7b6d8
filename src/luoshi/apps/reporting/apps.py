"""Django's entry for this app."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    """Forms, returns and their review: the monthly loop."""

    name = "luoshi.apps.reporting"
    label = "reporting"
    verbose_name = "报送"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Name the kinds of messages that this app sends, and whose forms a person may make."""
        from luoshi.apps.notices import kinds
        from luoshi.apps.organisations.choosing import offer
        from luoshi.apps.organisations.policies import units_of
        from luoshi.apps.reporting.policies import COLLECTORS
        from luoshi.apps.reporting.telling import LABELS

        for kind, label in LABELS.items():
            kinds.register(kind, label)
        offer("reporting.owners", lambda user, of: units_of(user, *COLLECTORS))

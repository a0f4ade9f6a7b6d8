"""Django's entry for this app."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    """Forms, returns and their review: the monthly loop."""

    name = "luoshi.apps.reporting"
    label = "reporting"
    verbose_name = "报送"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Name the kinds of messages that this app sends."""
        from luoshi.apps.notices import kinds
        from luoshi.apps.reporting.telling import LABELS

        for kind, label in LABELS.items():
            kinds.register(kind, label)

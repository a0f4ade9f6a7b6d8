"""Django's entry for this app."""

from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    """What is measured, and every value that was observed of it, as of any moment."""

    name = "luoshi.apps.indicators"
    label = "indicators"
    verbose_name = "指标"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say for which units a person keeps indicators."""
        from luoshi.apps.indicators import policies
        from luoshi.apps.organisations.choosing import offer

        offer("indicators.owners", lambda user, of: policies.owners(user))

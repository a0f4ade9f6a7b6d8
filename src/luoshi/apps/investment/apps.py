"""Django's entry for this app."""

from django.apps import AppConfig


class InvestmentConfig(AppConfig):
    """Leads, activities and what counts of them."""

    name = "luoshi.apps.investment"
    label = "investment"
    verbose_name = "招商"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Name the kinds of messages, the choices of units, and the forms that are filled from here."""
        from luoshi.apps.investment.register import announce

        announce()

"""Django's entry for this app."""

from django.apps import AppConfig


class InvestmentConfig(AppConfig):
    """Leads, activities and what counts of them."""

    name = "luoshi.apps.investment"
    label = "investment"
    verbose_name = "招商"
    default_auto_field = "django.db.models.BigAutoField"

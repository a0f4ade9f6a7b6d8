"""Django's entry for this app."""

from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    """What is measured, and every value that was observed of it, as of any moment."""

    name = "luoshi.apps.indicators"
    label = "indicators"
    verbose_name = "指标"
    default_auto_field = "django.db.models.BigAutoField"

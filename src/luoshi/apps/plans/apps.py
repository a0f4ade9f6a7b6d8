"""Django's entry for this app."""

from django.apps import AppConfig


class PlansConfig(AppConfig):
    """Confirmed plans: measures, targets, responsibilities, deadlines, each with its provenance."""

    name = "luoshi.apps.plans"
    label = "plans"
    verbose_name = "方案"
    default_auto_field = "django.db.models.BigAutoField"

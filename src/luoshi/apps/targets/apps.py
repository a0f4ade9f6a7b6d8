"""Django's entry for this app."""

from django.apps import AppConfig


class TargetsConfig(AppConfig):
    """Targets shared out over units and periods, their trajectories and commitment letters."""

    name = "luoshi.apps.targets"
    label = "targets"
    verbose_name = "目标分解"
    default_auto_field = "django.db.models.BigAutoField"

"""Django's entry for this app."""

from django.apps import AppConfig


class WorkbenchConfig(AppConfig):
    """What waits for me, and what is due soon."""

    name = "luoshi.apps.workbench"
    label = "workbench"
    verbose_name = "工作台"
    default_auto_field = "django.db.models.BigAutoField"

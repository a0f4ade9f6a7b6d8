"""Django's entry for this app."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """Who did what, when, before and after: append-only and hash-chained."""

    name = "luoshi.apps.journal"
    label = "journal"
    verbose_name = "操作日志"
    default_auto_field = "django.db.models.BigAutoField"

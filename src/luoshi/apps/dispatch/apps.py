"""Django's entry for this app."""

from django.apps import AppConfig


class DispatchConfig(AppConfig):
    """Early warnings, the problems that units raise, and the meetings that decide what is done about both."""

    name = "luoshi.apps.dispatch"
    label = "dispatch"
    verbose_name = "调度"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Name what this app adds to others."""
        from luoshi.apps.dispatch.register import announce

        announce()

"""Django's entry for this app."""

from django.apps import AppConfig


class CheckupConfig(AppConfig):
    """Findings on a draft and on the plan that it became."""

    name = "luoshi.apps.checkup"
    label = "checkup"
    verbose_name = "方案体检"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have every file checked as soon as it has been read, and again when a name in it was made known."""
        from luoshi.apps.checkup.checking import ask_again, store_findings
        from luoshi.apps.intake import after_naming, after_reading

        after_reading.register(store_findings)
        after_naming.register(ask_again)

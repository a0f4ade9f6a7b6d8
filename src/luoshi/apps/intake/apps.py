"""Django's entry for this app."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """From an uploaded file to a confirmed plan: drafts that people confirm beside the source."""

    name = "luoshi.apps.intake"
    label = "intake"
    verbose_name = "导入与确认"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say in whose name a person may bring in files."""
        from luoshi.apps.intake import policies
        from luoshi.apps.organisations.choosing import offer

        offer("intake.owners", lambda user, of: policies.owners(user))

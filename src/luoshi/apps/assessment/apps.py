"""Django's entry for this app."""

from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    """Schemes of scoring adopted for periods, and their runs from facts to final ranks."""

    name = "luoshi.apps.assessment"
    label = "assessment"
    verbose_name = "考核"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the other apps what stands here."""
        from luoshi.apps.assessment.register import register

        register()

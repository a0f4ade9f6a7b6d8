"""Django's entry for this app."""

from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    """Supervision orders until they are closed, the ladder of what follows, and counted duties."""

    name = "luoshi.apps.supervision"
    label = "supervision"
    verbose_name = "督办"
    default_auto_field = "django.db.models.BigAutoField"

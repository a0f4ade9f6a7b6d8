"""Django's entry for this app."""

from django.apps import AppConfig


class AdministrationConfig(AppConfig):
    """Pages for those who look after people, units and the journal."""

    name = "luoshi.apps.administration"
    label = "administration"
    verbose_name = "管理"
    default_auto_field = "django.db.models.BigAutoField"

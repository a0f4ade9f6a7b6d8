"""Django's entry for this app."""

from django.apps import AppConfig


class AdministrationConfig(AppConfig):
    """Pages for those who look after people, units and the journal."""

    name = "luoshi.apps.administration"
    label = "administration"
    verbose_name = "管理"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say which units a person looks after."""
        from luoshi.apps.administration.queries import administered_units
        from luoshi.apps.organisations.choosing import offer

        offer("administration.units", lambda user, of: administered_units(user))

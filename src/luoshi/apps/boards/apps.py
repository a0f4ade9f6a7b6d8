"""Django's entry for this app."""

from django.apps import AppConfig


class BoardsConfig(AppConfig):
    """Where it is burning: maps, heat tables and lists of what is behind."""

    name = "luoshi.apps.boards"
    label = "boards"
    verbose_name = "作战图"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell which units a person may keep boundaries and screens for; give the boundaries to whoever draws units."""
        from luoshi.apps.boards.policies import kept_units
        from luoshi.apps.boards.queries import boundaries_of
        from luoshi.apps.organisations.choosing import offer
        from luoshi.apps.projects.places import offer_boundaries

        offer("boards.kept", lambda user, of: kept_units(user))
        offer_boundaries(boundaries_of)

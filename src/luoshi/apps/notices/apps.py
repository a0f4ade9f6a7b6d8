"""Django's entry for this app."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Messages to people and programs: in the site, by e-mail, by signed webhook."""

    name = "luoshi.apps.notices"
    label = "notices"
    verbose_name = "消息"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say which units a robot may be connected to."""
        from luoshi.apps.notices import policies
        from luoshi.apps.organisations.choosing import offer

        offer("notices.connectable", lambda user, of: policies.connectable_units(user))

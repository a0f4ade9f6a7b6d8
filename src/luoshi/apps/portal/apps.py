"""Django's entry for this app."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """What the public may read."""

    name = "luoshi.apps.portal"
    label = "portal"
    verbose_name = "公开"
    default_auto_field = "django.db.models.BigAutoField"

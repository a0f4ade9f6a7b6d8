"""Django's entry for this app."""

from django.apps import AppConfig


class BulletinsConfig(AppConfig):
    """Official documents drawn from frozen figures: every number can be traced and produced again."""

    name = "luoshi.apps.bulletins"
    label = "bulletins"
    verbose_name = "通报"
    default_auto_field = "django.db.models.BigAutoField"

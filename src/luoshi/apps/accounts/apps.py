"""Django's entry for this app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People who sign in, and the tokens of their programs."""

    name = "luoshi.apps.accounts"
    label = "accounts"
    verbose_name = "人员"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Write changes of second factors, which allauth makes, into the journal."""
        from luoshi.apps.accounts import second_factor

        second_factor.watch()

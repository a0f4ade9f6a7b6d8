"""Django's entry for this app."""

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    """The unit tree, names over time, and the roles that people hold in units."""

    name = "luoshi.apps.organisations"
    label = "organisations"
    verbose_name = "单位"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell ``accounts``, which knows no units, who may look after whom."""
        from luoshi.apps.accounts.policies import use
        from luoshi.apps.organisations import policies

        use(may_create=policies.may_create_people, may_manage=policies.may_manage_person)

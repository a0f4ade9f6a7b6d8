"""Django's entry for this app."""

from django.apps import AppConfig


class TargetsConfig(AppConfig):
    """Targets shared out over units and periods, their trajectories and commitment letters."""

    name = "luoshi.apps.targets"
    label = "targets"
    verbose_name = "目标分解"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Name the kinds of messages that this app sends; let units see the targets that they were given."""
        from luoshi.apps.notices import kinds
        from luoshi.apps.organisations.choosing import offer
        from luoshi.apps.organisations.policies import units_of
        from luoshi.apps.plans.policies import extend_visible_targets
        from luoshi.apps.plans.queries.objects import extend_history
        from luoshi.apps.targets import policies
        from luoshi.apps.targets.queries.given import given_targets
        from luoshi.apps.targets.queries.history import target_history
        from luoshi.apps.targets.telling import KINDS

        for kind, label in KINDS.items():
            kinds.register(kind, label)
        extend_visible_targets(given_targets)
        extend_history(target_history)
        offer("targets.own", lambda user, of: units_of(user))
        offer("targets.receivers", policies.receivers_for)

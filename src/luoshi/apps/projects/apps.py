"""Django's entry for this app."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """Projects from idea to production."""

    name = "luoshi.apps.projects"
    label = "projects"
    verbose_name = "项目"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Name what this app adds to others."""
        from luoshi.apps.projects.register import announce

        announce()

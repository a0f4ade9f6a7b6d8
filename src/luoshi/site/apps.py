"""Django's entry for the site's templates and static files."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Holds no models."""

    name = "luoshi.site"
    label = "luoshi_site"
    verbose_name = "站点"

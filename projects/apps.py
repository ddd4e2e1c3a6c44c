"""The domain app."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = "Moves"

    def ready(self) -> None:
        from projects import checks  # noqa: F401  (registers itself once models are there)

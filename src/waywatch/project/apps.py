from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "waywatch.project"
    label = "project"

    def ready(self) -> None:
        from waywatch.project.wiring import wire  # noqa: PLC0415 - models are not ready any earlier

        wire()

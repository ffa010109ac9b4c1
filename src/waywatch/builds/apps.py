from django.apps import AppConfig


class BuildsConfig(AppConfig):
    name = "waywatch.builds"
    label = "builds"

    def ready(self) -> None:
        """Tell accounts how a build is looked up when somebody gives a role at it."""
        from waywatch.accounts import api as accounts  # noqa: PLC0415 - models are not ready any earlier
        from waywatch.builds import api  # noqa: PLC0415 - as above

        accounts.register_places("build", api.grant_place)

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "waywatch.directory"
    label = "directory"

    def ready(self) -> None:
        """Tell accounts how an organisation is looked up when somebody gives a role at it."""
        from waywatch.accounts import api as accounts  # noqa: PLC0415 - models are not ready any earlier
        from waywatch.directory import api  # noqa: PLC0415 - as above

        accounts.register_places("organisation", api.grant_place)

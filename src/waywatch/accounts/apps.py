from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "waywatch.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Wire the sign-in library's signals: they need the models, so not before."""
        from waywatch.accounts.web import hooks  # noqa: PLC0415 - models are loaded only now

        hooks.connect()

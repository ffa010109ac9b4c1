from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "waywatch.accounts"
    label = "accounts"

from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "waywatch.vault"
    label = "vault"

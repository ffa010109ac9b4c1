from django.apps import AppConfig


class BuildsConfig(AppConfig):
    name = "waywatch.builds"
    label = "builds"

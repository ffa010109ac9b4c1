from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "waywatch.project"
    label = "project"

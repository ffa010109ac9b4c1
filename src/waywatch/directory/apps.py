from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "waywatch.directory"
    label = "directory"

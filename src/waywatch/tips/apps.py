from django.apps import AppConfig


class TipsConfig(AppConfig):
    name = "waywatch.tips"
    label = "tips"

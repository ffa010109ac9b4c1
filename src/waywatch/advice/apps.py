from django.apps import AppConfig


class AdviceConfig(AppConfig):
    name = "waywatch.advice"
    label = "advice"

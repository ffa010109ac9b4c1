from django.apps import AppConfig


class ImpactConfig(AppConfig):
    name = "waywatch.impact"
    label = "impact"

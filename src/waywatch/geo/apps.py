from django.apps import AppConfig


class GeoConfig(AppConfig):
    name = "waywatch.geo"
    label = "geo"

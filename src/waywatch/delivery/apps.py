from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "waywatch.delivery"
    label = "delivery"

from django.apps import AppConfig


class PolicyConfig(AppConfig):
    name = "waywatch.policy"
    label = "policy"

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "waywatch.audit"
    label = "audit"

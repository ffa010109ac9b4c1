from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "waywatch.referrals"
    label = "referrals"

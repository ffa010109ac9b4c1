"""Addresses below /officer/: for the officers of an agency."""

from django.urls import path

from waywatch.referrals.web import officer

TASK = "<uuid:handover_id>/"

urlpatterns = [
    path("", officer.tasks, name="officer"),
    path(TASK, officer.task, name="officer_task"),
    path(f"{TASK}accept/", officer.accept, name="officer_accept"),
    path(f"{TASK}decline/", officer.decline, name="officer_decline"),
    path(f"{TASK}give/", officer.give, name="officer_give"),
    path(f"{TASK}incident/", officer.update, {"kind": "incident"}, name="officer_incident"),
    path(f"{TASK}outcome/", officer.update, {"kind": "outcome"}, name="officer_outcome"),
    path(f"{TASK}handover.eido.json", officer.export, {"form": "eido"}, name="officer_eido"),
    path(f"{TASK}handover.pdf", officer.export, {"form": "pdf"}, name="officer_pdf"),
    path(f"{TASK}message/", officer.update, {"kind": "words"}, name="officer_message"),
]

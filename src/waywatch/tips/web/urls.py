"""Addresses below /notice/: for reporters."""

from django.urls import path, re_path

from waywatch.tips.web import intake, reporter

urlpatterns = [
    path("", reporter.choose, name="notice_choose"),
    path("worker.js", reporter.service_worker, name="notice_worker"),
    path("desks/", intake.desks, name="notice_desks"),
    path("tips/<uuid:tip_id>", intake.send, name="notice_send"),
    path("answers/<uuid:question_id>", intake.answer, name="notice_answer"),
    path("photos/<uuid:tip_id>/<uuid:photo_id>/<int:number>", intake.photo, name="notice_photo"),
    path("state/", intake.state, name="notice_state"),
    re_path(r"^places/(?P<region>[A-Z]{2}-[A-Z]{2})\.json$", reporter.places, name="notice_places"),
    re_path(r"^(?P<language>[a-z]{2})/$", reporter.notice, name="notice"),
    re_path(r"^(?P<language>[a-z]{2})/receipt/$", reporter.receipt, name="notice_receipt"),
    re_path(r"^(?P<language>[a-z]{2})/manifest\.json$", reporter.manifest, name="notice_manifest"),
]

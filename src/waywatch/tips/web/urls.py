"""Addresses below /notice/: for reporters."""

from django.urls import path, re_path

from waywatch.tips.web import reporter

urlpatterns = [
    path("", reporter.choose, name="notice_choose"),
    path("worker.js", reporter.service_worker, name="notice_worker"),
    re_path(r"^places/(?P<region>[A-Z]{2}-[A-Z]{2})\.json$", reporter.places, name="notice_places"),
    re_path(r"^(?P<language>[a-z]{2})/$", reporter.notice, name="notice"),
    re_path(r"^(?P<language>[a-z]{2})/manifest\.json$", reporter.manifest, name="notice_manifest"),
]

"""Addresses below /builds/."""

from django.urls import path

from waywatch.builds.web import organiser, reader

urlpatterns = [
    path("", reader.build_list, name="build_list"),
    path("new/", organiser.add, name="build_add"),
    path("<slug:slug>/", reader.build_page, name="build"),
    path("<slug:slug>/edit/", organiser.edit, name="build_edit"),
    path("<slug:slug>/attendance/", organiser.attendance, name="build_attendance"),
    path(
        "<slug:slug>/attendance/<uuid:attendance_id>/remove/",
        organiser.attendance_remove,
        name="build_attendance_remove",
    ),
    path("<slug:slug>/<slug:kind>/add/", organiser.part_add, name="build_part_add"),
    path("<slug:slug>/<slug:kind>/<uuid:part_id>/remove/", organiser.part_remove, name="build_part_remove"),
]

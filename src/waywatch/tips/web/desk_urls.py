"""Addresses below /desk/: for a hotline's people."""

from django.urls import path

from waywatch.tips.web import caller, desk, noticed, readings

urlpatterns = [
    path("", desk.queue, name="desk"),
    path("caller/", caller.caller, name="desk_caller"),
    path("readings/", readings.listed, name="desk_readings"),
    path("readings/<uuid:reading_id>/review/", readings.review, name="desk_reading_review"),
    path("noticed/<uuid:desk_id>/", noticed.shown, name="desk_noticed"),
    path("noticed/<uuid:desk_id>/release/", noticed.release, name="desk_noticed_release"),
    path("tips/<uuid:tip_id>/", desk.tip, name="desk_tip"),
    path("tips/<uuid:tip_id>/claim/", desk.claim, name="desk_claim"),
    path("tips/<uuid:tip_id>/release/", desk.release, name="desk_release"),
    path("tips/<uuid:tip_id>/read/", desk.read, name="desk_read"),
    path("tips/<uuid:tip_id>/second/", readings.ask_second, name="desk_second"),
    path("tips/<uuid:tip_id>/photos/", desk.photos, name="desk_photos"),
    path("tips/<uuid:tip_id>/assess/", desk.assess, name="desk_assess"),
    path("tips/<uuid:tip_id>/note/", desk.note, name="desk_note"),
    path("tips/<uuid:tip_id>/ask/", desk.ask, name="desk_ask"),
    path("tips/<uuid:tip_id>/join/", desk.join, name="desk_join"),
    path("tips/<uuid:tip_id>/part/", desk.part, name="desk_part"),
    path("tips/<uuid:tip_id>/finish/", desk.finish, name="desk_finish"),
    path("tips/<uuid:tip_id>/hold/", desk.hold, {"holds": True}, name="desk_hold"),
    path("tips/<uuid:tip_id>/hold/lift/", desk.hold, {"holds": False}, name="desk_hold_lift"),
    path("tips/<uuid:tip_id>/unreadable/", desk.unreadable, name="desk_unreadable"),
]

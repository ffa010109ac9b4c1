"""Addresses below /desk/ about referring: for a hotline's people."""

from django.urls import path

from waywatch.referrals.web import contacts, desk

TIP = "tips/<uuid:tip_id>/refer/"
HANDOVER = f"{TIP}handovers/<uuid:handover_id>/"

urlpatterns = [
    path(TIP, desk.page, name="desk_refer"),
    path(f"{TIP}approve/", desk.refer, name="desk_refer_approve"),
    path(f"{TIP}feedback/", desk.release, name="desk_feedback"),
    path(f"{TIP}<uuid:referral_id>/take-back/", desk.take_back, name="desk_take_back"),
    path(f"{HANDOVER}call/", desk.call, name="desk_call"),
    path(f"{HANDOVER}unanswered/", desk.unanswered, name="desk_unanswered"),
    path(f"{HANDOVER}incident/", desk.update, {"kind": "incident"}, name="desk_incident"),
    path(f"{HANDOVER}outcome/", desk.update, {"kind": "outcome"}, name="desk_outcome"),
    path(f"{HANDOVER}message/", desk.update, {"kind": "words"}, name="desk_message"),
    path(f"{TIP}feedback/withdraw/", desk.withdraw, name="desk_feedback_withdraw"),
    path("referrals/", desk.waiting_list, name="desk_referrals"),
    path("contacts/", contacts.overview, name="desk_contacts_overview"),
    path("contacts/of/<uuid:desk_id>/", contacts.desk, name="desk_contacts"),
    path("contacts/of/<uuid:desk_id>/new/", contacts.new, name="desk_contact_new"),
    path("contacts/of/<uuid:desk_id>/policy/", contacts.pack, name="desk_pack"),
    path("contacts/of/<uuid:desk_id>/duty/", contacts.duty, name="desk_duty"),
    path("contacts/duties/<uuid:duty_id>/remove/", contacts.duty_remove, name="desk_duty_remove"),
    path("contacts/<uuid:contact_id>/", contacts.edit, name="desk_contact_edit"),
    path("contacts/<uuid:contact_id>/close/", contacts.close, name="desk_contact_close"),
]

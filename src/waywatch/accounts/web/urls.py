"""Addresses under /account/: ours first, then the sign-in library's."""

from django.urls import include, path

from waywatch.accounts.web import invitation, me, people

urlpatterns = [
    path("", me.my_account, name="my_account"),
    path("sessions/", me.my_sessions, name="usersessions_list"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="people_invite"),
    path("people/invitations/<uuid:invitation_id>/withdraw/", people.withdraw, name="people_withdraw"),
    path("people/grants/<uuid:grant_id>/revoke/", people.revoke, name="people_revoke"),
    path("people/<uuid:account_id>/", people.person, name="people_person"),
    path("people/<uuid:account_id>/give/", people.give, name="people_give"),
    path("invitation/<uuid:invitation_id>/<str:token>/", invitation.invitation, name="invitation"),
    path("2fa/", include("allauth.mfa.urls")),
    path("", include("allauth.account.urls")),
]

"""The addresses of the directory."""

from django.urls import path

from waywatch.directory.web import agencies, contact_points, organiser, people, places

urlpatterns = [
    path("", organiser.organisation_list, name="organisation_list"),
    path("organisations.csv", organiser.organisation_export, name="organisation_export"),
    path("organisations/suggest/", organiser.organisation_suggest, name="organisation_suggest"),
    path("organisations/new/", organiser.organisation_new, name="organisation_new"),
    path("organisations/<uuid:organisation_id>/", organiser.organisation, name="organisation"),
    path("organisations/<uuid:organisation_id>/edit/", organiser.organisation_edit, name="organisation_edit"),
    path("organisations/<uuid:organisation_id>/close/", organiser.organisation_close, name="organisation_close"),
    path("organisations/<uuid:organisation_id>/reopen/", organiser.organisation_reopen, name="organisation_reopen"),
    path("organisations/<uuid:organisation_id>/served/", organiser.served_add, name="served_add"),
    path("served/<uuid:served_id>/remove/", organiser.served_remove, name="served_remove"),
    path("organisations/<uuid:organisation_id>/people/new/", people.person_new, name="person_new"),
    path(
        "organisations/<uuid:organisation_id>/contact-points/new/",
        contact_points.organisation_point_new,
        name="organisation_point_new",
    ),
    path("people/", people.person_list, name="person_list"),
    path("people/<uuid:person_id>/", people.person, name="person"),
    path("people/<uuid:person_id>/edit/", people.person_edit, name="person_edit"),
    path("people/<uuid:person_id>/posts/new/", people.post_new, name="post_new"),
    path("posts/<uuid:post_id>/edit/", people.post_edit, name="post_edit"),
    path("posts/<uuid:post_id>/end/", people.post_end, name="post_end"),
    path("posts/<uuid:post_id>/contact-points/new/", contact_points.post_point_new, name="post_point_new"),
    path("contact-points/<uuid:point_id>/edit/", contact_points.point_edit, name="point_edit"),
    path("contact-points/<uuid:point_id>/verify/", contact_points.point_verify, name="point_verify"),
    path("contact-points/<uuid:point_id>/close/", contact_points.point_close, name="point_close"),
    path("agencies/", agencies.agency_list, name="agency_list"),
    path("places/", places.place_list, name="place_list"),
    path("places/new/", places.place_new, name="place_new"),
    path("places/<uuid:place_id>/", places.place, name="place"),
    path("places/<uuid:place_id>/edit/", places.place_edit, name="place_edit"),
    path("places/<uuid:place_id>/close/", places.place_close, name="place_close"),
]

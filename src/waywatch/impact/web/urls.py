"""Addresses of the map, the glances and the annual reports."""

from django.urls import path, re_path

from waywatch.impact.web import lists, reader

urlpatterns = [
    path("map/", reader.map_page, name="map"),
    re_path(r"^glance/(?P<code>[a-z]{2}-[a-z]{2})/$", reader.glance, name="glance"),
    re_path(r"^glance/(?P<code>[a-z]{2}-[a-z]{2})/followed/$", lists.region_followed, name="glance_followed"),
    re_path(r"^glance/(?P<code>[a-z]{2}-[a-z]{2})/said/$", lists.region_said, name="glance_said"),
    re_path(r"^glance/(?P<code>[a-z]{2}-[a-z]{2})/co-hosts/$", lists.region_cohosts, name="glance_cohosts"),
    path("impact/", reader.years, name="impact_years"),
    path("impact/<int:year>/", reader.year_page, name="impact_year"),
    path("impact/<int:year>/followed/", lists.year_followed, name="impact_followed"),
    path("impact/<int:year>/said/", lists.year_said, name="impact_said"),
    path("impact/<int:year>/report.json", reader.year_json, name="impact_json"),
    path("impact/<int:year>/report-<str:paper>.pdf", reader.year_pdf, name="impact_pdf"),
]

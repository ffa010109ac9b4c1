"""Addresses of the map, the glances and the annual reports."""

from django.urls import path, re_path

from waywatch.impact.web import reader

urlpatterns = [
    path("map/", reader.map_page, name="map"),
    re_path(r"^glance/(?P<code>[a-z]{2}-[a-z]{2})/$", reader.glance, name="glance"),
    path("impact/", reader.years, name="impact_years"),
    path("impact/<int:year>/", reader.year_page, name="impact_year"),
    path("impact/<int:year>/report.json", reader.year_json, name="impact_json"),
    path("impact/<int:year>/report-<str:paper>.pdf", reader.year_pdf, name="impact_pdf"),
]

"""The addresses of the whole site; each room brings its own."""

from django.conf import settings
from django.urls import include, path

from waywatch.project.web import operator, public

urlpatterns = [
    path("", public.home, name="home"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("account/", include("waywatch.accounts.web.urls")),
    path("notice/", include("waywatch.tips.web.urls")),
    path("desk/", include("waywatch.tips.web.desk_urls")),
    path("desk/", include("waywatch.referrals.web.desk_urls")),
    path("officer/", include("waywatch.referrals.web.officer_urls")),
    path("directory/", include("waywatch.directory.web.urls")),
    path("vault/", include("waywatch.vault.web.urls")),
    path("builds/", include("waywatch.builds.web.urls")),
    path("", include("waywatch.impact.web.urls")),
    path("operations/", operator.operations, name="operations"),
    path("demo/", public.demo, name="demo"),
]
if settings.DEMO or settings.MODE == "test":
    urlpatterns += [path("style/", public.style, name="style")]

handler400 = "waywatch.project.web.public.bad_request"
handler403 = "waywatch.project.web.public.forbidden"
handler404 = "waywatch.project.web.public.missing"
handler500 = "waywatch.project.web.public.broken"

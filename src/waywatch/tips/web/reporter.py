"""Pages for a reporter: no account, no cookie, the same for everybody. Shares no view module with signed-in pages."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from waywatch.geo import api as geo
from waywatch.tips import program

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "worker-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types notice"
)
ASK_AGAIN = "no-cache"  # the service worker keeps the page; a browser without one asks whether it has changed


def _public(response: HttpResponse) -> HttpResponse:
    """Set the headers of a page that is the same for everybody and says nothing about who reads it."""
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = ASK_AGAIN
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
@vary_on_headers("Accept-Language")
def choose(request: HttpRequest) -> HttpResponse:
    """Lead to the page in the language of the browser."""
    language = translation.get_language_from_request(request)
    code = language if language in program.LANGUAGES else program.LANGUAGES[0]
    return HttpResponseRedirect(reverse("notice", args=[code]))


@require_safe
def notice(request: HttpRequest, language: str) -> HttpResponse:  # noqa: ARG001 - the page does not look at who asks
    """Show the numbers to call, and ask what was noticed."""
    if language not in program.LANGUAGES:
        raise Http404
    return _in_language(program.page(language), language)


@require_safe
def receipt(request: HttpRequest, language: str) -> HttpResponse:  # noqa: ARG001 - the page does not look at who asks
    """Ask for receipt words; the phone makes of them what the server is asked with."""
    if language not in program.LANGUAGES:
        raise Http404
    return _in_language(program.receipt_page(language), language)


def _in_language(text: str, language: str) -> HttpResponse:
    response = _public(HttpResponse(text))
    response.headers["Content-Language"] = language
    return response


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - the same for everybody
    """Hand out the program that answers without a network."""
    return _public(HttpResponse(program.service_worker(), content_type="text/javascript; charset=utf-8"))


@require_safe
def manifest(request: HttpRequest, language: str) -> HttpResponse:  # noqa: ARG001 - the same for everybody
    """Say how the page looks as an installed program."""
    if language not in program.LANGUAGES:
        raise Http404
    return _public(JsonResponse(program.manifest(language), content_type="application/manifest+json"))


@require_safe
def places(request: HttpRequest, region: str) -> HttpResponse:  # noqa: ARG001 - the same for everybody
    """Hand out the known places of one state or province, for a phone that looks among them by itself."""
    if geo.region(region) is None:
        raise Http404
    response = _public(JsonResponse({"places": program.places(region)}))
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response

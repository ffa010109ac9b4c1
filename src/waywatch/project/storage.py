"""Static files under names that carry a digest of their content, in imports of JavaScript modules too."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise is untyped
    """A module imports its neighbours by the names that the service worker keeps for use without a network."""

    support_js_module_import_aggregation = True

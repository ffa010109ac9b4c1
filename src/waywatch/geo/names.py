"""Names in three languages: which of them the reader sees."""

from typing import Protocol

from django.utils.translation import get_language


class Named(Protocol):
    """Anything with a name in English, French and Spanish."""

    @property
    def name_en(self) -> str: ...
    @property
    def name_fr(self) -> str: ...
    @property
    def name_es(self) -> str: ...


def name_of(named: Named) -> str:
    """Return the name in the active language; English where another one is missing."""
    language = (get_language() or "en")[:2]
    return {"fr": named.name_fr, "es": named.name_es}.get(language, "") or named.name_en

"""Who may see impact pages: everybody with a role. They show counts and published facts, nothing about people."""

from django.utils.translation import gettext

from waywatch.accounts.api import roles_of
from waywatch.lib.actors import Actor
from waywatch.lib.errors import NotFoundError


def enter(actor: Actor | None) -> None:
    """Let the actor in, or raise NotFoundError."""
    if actor is None or not (actor.is_system or roles_of(actor)):
        raise NotFoundError(gettext("This page does not exist, or it is not for you."))

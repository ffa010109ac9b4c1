"""The shape of people and posts, and of a search for people."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from waywatch.directory import queries
from waywatch.directory.facts import PostFacts
from waywatch.directory.forms.fields import Choices, DayField, LineField, offer, region_choices
from waywatch.directory.models import Language, Post


class PersonForm(forms.Form):
    """A person's name and language. Nothing else is kept about people."""

    name = LineField(label=_("Name"), max_length=200)
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices, initial=Language.EN)
    version = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)


class PostForm(forms.Form):
    """What a person does in an organisation."""

    title = LineField(label=_("Job title"), max_length=200, help_text=_("Such as safety director, or lieutenant."))
    is_decision_maker = forms.BooleanField(label=_("Can decide for the organisation"), required=False)
    since = DayField(label=_("In this post since"), required=False)

    def facts(self) -> PostFacts:
        """Return what was typed."""
        data = self.cleaned_data
        return PostFacts(data["title"], is_decision_maker=data["is_decision_maker"], since=data["since"])


class NewPersonForm(PostForm, PersonForm):
    """A person with a first post."""

    field_order = ["name", "language", "title", "is_decision_maker", "since"]


class NewPostForm(PostForm):
    """One more post for a person, in an organisation whose people the actor looks after."""

    organisation = forms.ChoiceField(label=_("Organisation"))
    field_order = ["organisation", "title", "is_decision_maker", "since"]

    def __init__(self, *args: Any, organisations: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "organisation", organisations)


class EditPostForm(PostForm):
    """Another title, day or decision. The last day is asked for only where the post has ended: ending it is an act of its own."""

    until = DayField(
        label=_("Last day"),
        required=False,
        help_text=_("Leave it empty if the post is still held. Its contact points stay closed: add them again."),
    )
    version = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    field_order = ["title", "is_decision_maker", "since", "until", "version"]

    def __init__(self, *args: Any, stored: Post, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored = stored
        # A form that was opened before somebody ended the post does not know of the last day, and must not take it away.
        if stored.until is None or (self.is_bound and "until" not in self.data):
            del self.fields["until"]

    def last_day(self) -> dt.date | None:
        """Return the last day."""
        day: dt.date | None = self.cleaned_data.get("until", self.stored.until)
        return day

    @staticmethod
    def initial_of(row: Post) -> dict[str, Any]:
        """Return what the form shows of a stored post."""
        return {name: getattr(row, name) for name in EditPostForm.field_order}


class EndPostForm(forms.Form):
    """The last day of a post."""

    until = DayField(label=_("Last day"))


class PeopleFilterForm(forms.Form):
    """Whom to list. Whatever does not fit is left out, never an error page."""

    words = LineField(label=_("Name, job title or organisation"), max_length=200, required=False)
    region = forms.ChoiceField(label=_("State or province"), required=False)
    sector = forms.ChoiceField(label=_("Sector"), required=False)
    state = forms.ChoiceField(
        label=_("Posts"),
        required=False,
        choices=[("", _("Held now")), (queries.FORMER, _("Held before"))],
    )
    decides = forms.BooleanField(label=_("Can decide for the organisation"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "region", region_choices(None, _("All")))
        offer(self, "sector", [("", _("All")), *((row.key, row.name) for row in queries.sector_rows(None))])

    def filters(self) -> queries.PeopleFilters:
        """Return the filters that fit."""
        self.is_valid()
        kept = {name: value for name, value in self.cleaned_data.items() if value}
        return queries.PeopleFilters(**kept)

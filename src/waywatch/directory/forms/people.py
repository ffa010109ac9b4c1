"""The shape of people and posts, and of a search for people."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from waywatch.directory import queries
from waywatch.directory.facts import PostFacts
from waywatch.directory.forms.fields import Choices, DayField, LineField, offer, region_choices
from waywatch.directory.models import Language


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

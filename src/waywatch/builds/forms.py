"""The shape of what organisers type about a build."""

from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, URLValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from waywatch.accounts.api import Reach
from waywatch.builds.models import AttendanceFigure, Build, CoHost, FollowUp, InvitedSector, Quote, SurveyFigure
from waywatch.builds.queries import Filters
from waywatch.builds.vocabulary import Provenance
from waywatch.directory import api as directory
from waywatch.geo import api as geo
from waywatch.lib import clock
from waywatch.lib.text import MAX_LINE, MAX_TEXT, clean_line, validate_plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable

FIRST_YEAR = 1990
MAX_SHOWN = 60
SAID = [(Provenance.REPORTED.value, _("A partner told us")), (Provenance.PUBLISHED.value, _("It was published"))]
HEARD = [(Provenance.RECORDED.value, _("We heard it ourselves")), *SAID]


class LinesField(forms.CharField):
    """A list of short texts, one a line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=MAX_TEXT, **kwargs)

    def prepare_value(self, value: object) -> object:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: object) -> list[str]:
        lines = super().clean(value).splitlines()
        return [clean_line(line) for line in lines if line.strip()]

    def has_changed(self, initial: object, data: object) -> bool:
        """Tell whether the lines differ; what cannot be read as lines differs from all."""
        try:
            before = initial if isinstance(initial, list) else self.clean(initial)
            return self.clean(data) != before
        except ValidationError:
            return True


class PagesField(LinesField):
    """Addresses of web pages, one a line, each once."""

    check = URLValidator(schemes=["http", "https"])

    def clean(self, value: object) -> list[str]:
        """Return the addresses; refuse a line that is none, and name it."""
        lines = super().clean(value)
        for line in lines:
            try:
                self.check(line)
            except ValidationError as error:
                words = gettext("“%(line)s” is not the address of a page. Write it as https://example.org/page.")
                raise ValidationError(words % {"line": line[:MAX_SHOWN]}, code="no_address") from error
        return list(dict.fromkeys(lines))


class PlainForm(forms.Form):
    """Every text here is checked for characters that hide or reorder words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.CharField) and not isinstance(field, forms.UUIDField):
                field.validators.append(validate_plain_text)
                if field.max_length is None:
                    field.validators.append(MaxLengthValidator(MAX_TEXT))
            if isinstance(field, forms.ModelChoiceField):
                _label_by_name(field)
            elif isinstance(field, forms.TypedChoiceField):
                choices = cast("Iterable[tuple[Any, Any]]", field.choices)
                field.choices = [(key, label if key else gettext("Not known")) for key, label in choices]

    def clean(self) -> dict[str, Any]:
        """Fold line ends: browsers send each as two characters."""
        cleaned = super().clean() or self.cleaned_data
        for name, value in cleaned.items():
            if isinstance(value, str):
                cleaned[name] = value.replace("\r\n", "\n").replace("\r", "\n")
        return cleaned


def _label_by_name(field: "forms.ModelChoiceField[Any]") -> None:
    """Let the choices of a field read as names in the reader's language, not as keys."""
    field.label_from_instance = lambda obj: str(obj.name)  # type: ignore[method-assign]  # Django's documented way
    if not isinstance(field, forms.ModelMultipleChoiceField):
        field.empty_label = gettext("Choose one") if field.required else gettext("Not known")


def _regions() -> list[tuple[str, str]]:
    return [(region.code, region.name) for region in geo.regions()]


def _sectors(blank: str) -> list[tuple[str, str]]:
    return [("", blank), *((node.key, node.name) for node in directory.sectors(on=None))]


class BuildForm(PlainForm, forms.ModelForm[Build]):
    """The facts of a build."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    presenters = LinesField(label=_("Presenters"), help_text=_("One a line."))
    notes = LinesField(label=_("Notes"), help_text=_("One a line."))
    sources = LinesField(label=_("Sources"), help_text=_("Addresses of pages that say so, one a line."))
    year = forms.IntegerField(label=_("Year"), min_value=FIRST_YEAR, max_value=2100)
    date = forms.DateField(
        label=_("Date"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Leave empty if the day is not known."),
    )

    class Meta:
        model = Build
        fields: ClassVar[list[str]] = [
            "year", "date", "date_printed", "starts_at", "ends_at", "city", "region", "also_covers", "mode", "venue",
            "invite_only", "called_build", "presenters", "notes", "sources", "listed",
        ]  # fmt: skip
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "starts_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "ends_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "also_covers": forms.SelectMultiple(attrs={"size": 6}),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        date, year = cleaned.get("date"), cleaned.get("year")
        if date and year and date.year != year:
            self.add_error(
                "date", gettext("This day is not in the year %(year)s. Correct the day or the year.") % {"year": year}
            )
        start, end = cleaned.get("starts_at"), cleaned.get("ends_at")
        if start and end and end <= start:
            self.add_error("ends_at", gettext("The end must be after the beginning."))
        return cleaned

    def remember_what_was_opened(self) -> None:
        """Let the form carry what it was opened with, so that only what this person touched counts as changed."""
        for name, field in self.fields.items():
            field.show_hidden_initial = name != "version"

    def renew_version(self, version: int) -> None:
        """Let the next save of this form be one on top of `version`."""
        data = self.data.copy()  # type: ignore[attr-defined]  # a form's data is a dict or a QueryDict
        data["version"] = str(version)
        self.data = data


class PartForm(PlainForm):
    """What the forms of parts share."""


class CoHostForm(PartForm, forms.ModelForm[CoHost]):
    class Meta:
        model = CoHost
        fields: ClassVar[list[str]] = ["name", "sector"]


class InvitedSectorForm(PartForm, forms.ModelForm[InvitedSector]):
    class Meta:
        model = InvitedSector
        fields: ClassVar[list[str]] = ["printed", "sector"]


class SaidForm(PartForm):
    """What somebody stands for: a partner, or a publication with its address."""

    provenance = forms.ChoiceField(label=_("Who says so"), choices=SAID)
    sources = PagesField(
        label=_("Pages that print it"),
        help_text=_(
            "Addresses, one a line. Needed if it was published. Several mean that at least one of them prints it."
        ),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for a page of what was published."""
        cleaned = super().clean() or {}
        published = cleaned.get("provenance") == Provenance.PUBLISHED
        if published and "sources" not in self.errors and not cleaned.get("sources"):
            self.add_error("sources", gettext("What was published needs the address of the page that prints it."))
        return cleaned


class AttendanceFigureForm(SaidForm, forms.ModelForm[AttendanceFigure]):
    value = forms.IntegerField(label=_("How many came"), min_value=0, max_value=1_000_000)

    class Meta:
        model = AttendanceFigure
        fields: ClassVar[list[str]] = ["sector", "value", "qualifier", "provenance", "sources"]
        help_texts: ClassVar[dict[str, Any]] = {"sector": _("Leave empty for everybody together.")}


class SurveyFigureForm(SaidForm, forms.ModelForm[SurveyFigure]):
    value = forms.DecimalField(label=_("Value"), required=False, min_value=0, max_digits=9, decimal_places=2)

    class Meta:
        model = SurveyFigure
        fields: ClassVar[list[str]] = [
            "wave",
            "when_printed",
            "metric",
            "value",
            "unit",
            "respondents",
            "printed",
            "provenance",
            "sources",
        ]
        help_texts: ClassVar[dict[str, Any]] = {"respondents": _("Leave empty if it is not known.")}
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "unit": forms.Select(
                choices=[("percent_of_respondents", _("per cent of those who answered")), ("", _("a plain number"))]
            )
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        value = cleaned.get("value")
        if cleaned.get("unit") == "percent_of_respondents" and value is not None and value > 100:  # noqa: PLR2004 - per cent
            self.add_error("value", gettext("A per cent value lies between 0 and 100."))
        return cleaned


class FollowUpForm(SaidForm, forms.ModelForm[FollowUp]):
    class Meta:
        model = FollowUp
        fields: ClassVar[list[str]] = [
            "actor_name",
            "kind",
            "sector",
            "count",
            "qualifier",
            "when_printed",
            "printed",
            "provenance",
            "sources",
        ]
        help_texts: ClassVar[dict[str, Any]] = {
            "count": _("Leave empty if no number was given: it stays unknown, it is not zero.")
        }


class QuoteForm(SaidForm, forms.ModelForm[Quote]):
    provenance = forms.ChoiceField(label=_("Who says so"), choices=HEARD)

    class Meta:
        model = Quote
        fields: ClassVar[list[str]] = ["text", "is_paraphrase", "provenance", "sources"]


class AttendanceForm(PlainForm):
    """People who came, by sector."""

    sector = forms.ChoiceField(label=_("Sector"))
    people = forms.IntegerField(label=_("How many people"), min_value=1, max_value=500, initial=1)
    once = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sector"].choices = _sectors(gettext("Choose one"))  # type: ignore[attr-defined]  # a ChoiceField


class FilterForm(forms.Form):
    """What narrows the list of builds. A value that makes no sense narrows nothing and is said."""

    q = forms.CharField(label=_("City or venue"), required=False, max_length=MAX_LINE, validators=[validate_plain_text])
    year = forms.TypedChoiceField(label=_("Year"), required=False, coerce=int, empty_value=None)
    country = forms.ChoiceField(label=_("Country"), required=False)
    region = forms.ChoiceField(label=_("State or province"), required=False)

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = gettext("All")
        self.fields["year"].choices = [("", every), *((year, str(year)) for year in years)]  # type: ignore[attr-defined]  # ChoiceFields
        self.fields["country"].choices = [("", every), ("US", gettext("United States")), ("CA", gettext("Canada"))]  # type: ignore[attr-defined]  # as above
        self.fields["region"].choices = [("", every), *_regions()]  # type: ignore[attr-defined]  # as above

    def filters(self) -> Filters:
        """Return the filters that were typed correctly."""
        self.is_valid()
        cleaned = self.cleaned_data
        return Filters(
            words=cleaned.get("q", ""),
            year=cleaned.get("year"),
            region=cleaned.get("region", ""),
            country=cleaned.get("country", ""),
        )


def edit_build_form(build: Build, *, may_list: bool, data: Any = None) -> BuildForm:
    """Return the form of a build that is there. Who may not list it is not asked who may see it and what it covers."""
    form = BuildForm(data, instance=Build.objects.get(pk=build.pk), initial={"version": build.version})
    form.remember_what_was_opened()
    if not may_list:
        del form.fields["listed"], form.fields["also_covers"]
    return form


def known_sector(key: str) -> str:
    """Return `key` if it is a sector, else ""."""
    return key if key in directory.sector_names() else ""


def new_build_form(reach: Reach, data: Any = None) -> BuildForm:
    """Return the form of a new build, offering the states and provinces within reach."""
    form = BuildForm(data, initial={"year": clock.today().year})
    if not reach.everywhere:
        field = form.fields["region"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = field.queryset.filter(code__in=reach.regions)  # type: ignore[union-attr]  # a model field's form field has one
    return form

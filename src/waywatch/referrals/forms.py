"""The shape of what people type about referrals. What is said of a tip is sealed; whom a desk trusts is encrypted at rest."""

import zoneinfo
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from waywatch.geo import api as geo
from waywatch.lib import clock
from waywatch.lib.text import validate_plain_text
from waywatch.policy import api as policy
from waywatch.referrals.actions.contacts import ContactFacts
from waywatch.referrals.actions.referring import Approval
from waywatch.referrals.models import TrustedContact, whole_week
from waywatch.referrals.rules import Incident
from waywatch.referrals.vocabulary import DAYS, DUTIES, PARTS, Declined, Kind, Result, UpdateKind
from waywatch.tips import api as tips
from waywatch.vault import api as vault

LONGEST_LINE = 120
YES_NO = [*tips.CHOOSE, ("yes", _("Yes")), ("no", _("No"))]
QUIET = {"autocomplete": "off", "spellcheck": "false"}
ZONES = sorted(zone for zone in zoneinfo.available_timezones() if zone.startswith(("America/", "Pacific/Honolulu")))


def line(label: Any, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    """Return a field for one line, which no browser should keep."""
    return forms.CharField(
        label=label,
        required=required,
        max_length=LONGEST_LINE,
        help_text=help_text,
        widget=forms.TextInput(attrs=QUIET),
        validators=[validate_plain_text],
    )


@dataclass(frozen=True, slots=True)
class Offer:
    """What a tip has that may go: parts, what each `says`, free words by key, and contacts, each in words and whether on duty now."""

    parts: Sequence[policy.Part]
    says: Sequence[Sequence[tips.Answered]]
    free: Sequence[tuple[str, str]]
    contacts: Sequence[tuple[TrustedContact, str, bool]]


class ReferForm(forms.Form):
    """What goes, and to whom. The policy has left out what may not go; the advocate ticks what is needed."""

    parts = forms.MultipleChoiceField(
        label=_("What goes"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing else leaves the desk. Take out what they do not need to act."),
    )
    free = forms.MultipleChoiceField(
        label=_("Free words, each by itself"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Read each. Tick only what they need, and what does not show who noticed it."),
    )
    words = tips.sealed_text(
        _("Words of the desk"),
        help_text=_("What the officer must know to act safely. No name of the reporter, no words of the reporter."),
    )
    incident_number = line(
        _("Number of a 911 call"),
        required=False,
        help_text=_("It ties this to the run of the local police, and can lead them to the caller. Only the number."),
    )
    incident_agency = line(_("Agency that gave the number"), required=False)
    contacts = forms.MultipleChoiceField(
        label=_("To whom, one after the other"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Those of a county are yours to tick. Whoever does not answer in time loses the turn to the next. You approve all of them now."
        ),
    )

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer = offer
        choices = {
            "parts": [(part, PARTS[part]) for part in offer.parts],
            "free": [*offer.free],
            "contacts": [(str(contact.pk), words) for contact, words, _ in offer.contacts],
        }
        for name, found in choices.items():
            self.fields[name].choices = found  # type: ignore[attr-defined]  # a choice field
        self.fields["parts"].required = bool(offer.parts)
        if not offer.free:
            del self.fields["free"]

    def boxes(self) -> list[tuple[forms.boundfield.BoundWidget, Sequence[tips.Answered]]]:
        """Return each part's box with what goes if it is ticked."""
        return list(zip(self["parts"].subwidgets, self.offer.says, strict=True))

    def clean(self) -> dict[str, Any]:
        """Ask for both halves of an incident, for something to say, and for somebody who is on duty."""
        cleaned = super().clean() or {}
        is_refused = {"incident_number", "incident_agency"} & self.errors.keys()  # what was typed there is said already
        if not is_refused and bool(cleaned.get("incident_number")) != bool(cleaned.get("incident_agency")):
            field = "incident_agency" if cleaned.get("incident_number") else "incident_number"
            both = gettext("A 911 call is known by its number and by the agency that gave it: fill in both.")
            self.add_error(field, both)
        if not self.offer.parts and not cleaned.get("words"):
            self.add_error("words", gettext("The tip has nothing else that may go: write what they must know."))
        chosen = cleaned.get("contacts", ())
        if chosen and not any(on_duty for contact, _, on_duty in self.offer.contacts if str(contact.pk) in chosen):
            self.add_error("contacts", gettext("None of them is on duty now. Tick somebody who is, or call them."))
        return cleaned

    def approval(self) -> Approval:
        """Return what is approved: the contacts in the desk's order."""
        data = self.cleaned_data
        number, agency = data["incident_number"], data["incident_agency"]
        return Approval(
            contacts=[contact for contact, _, _ in self.offer.contacts if str(contact.pk) in data["contacts"]],
            parts=data["parts"],
            free=data.get("free", ()),
            words=data["words"],
            incident=Incident(number, agency) if number else None,
        )


class CallForm(tips.SealedForm):
    """What is written down of a call to a trusted contact."""

    name = line(_("Whom you spoke with"))
    agency = line(_("Agency"))
    number = line(_("Number that you called"), help_text=_("A number that somebody verified, not one that called you."))
    call_back = line(_("When and how they call back"), required=False)
    words = tips.sealed_text(_("What was agreed"))


class IncidentForm(tips.SealedForm):
    """A 911 call's number. It points to the run of the local police and holds nothing of it."""

    number = line(_("Number of the 911 call"))
    agency = line(_("Agency that gave the number"))
    holds = forms.ChoiceField(
        label=_("Does it hold?"),
        choices=[("yes", _("Yes, it is about this")), ("no", _("No: withdrawn, or it is about something else"))],
        initial="yes",
    )


class OutcomeForm(tips.SealedForm):
    """What an agency did. Nothing about a person, a charge or a case."""

    result = forms.ChoiceField(label=_("What came of it"), choices=[*tips.CHOOSE, *Result.choices])
    may_tell = forms.ChoiceField(
        label=_("May the reporter be told that somebody acted?"),
        choices=YES_NO,
        help_text=_("A fixed sentence, at least a day later. Say no where it could warn somebody."),
    )
    words = tips.sealed_text(_("In your own words"), help_text=_("No names, no record numbers of persons."))


class WordsForm(tips.SealedForm):
    """A message to the other side."""

    words = tips.sealed_text(_("Message"), required=True)


UPDATE_FORMS: Mapping[UpdateKind, type[tips.SealedForm]] = {
    UpdateKind.INCIDENT: IncidentForm,
    UpdateKind.OUTCOME: OutcomeForm,
    UpdateKind.WORDS: WordsForm,
}


class FeedbackForm(forms.Form):
    """Which sentence the reporter may read."""

    sentence = forms.ChoiceField(label=_("Sentence"), choices=[*tips.CHOOSE, *tips.Feedback.choices])


class DeclineForm(forms.Form):
    """Why an agency declines. The desk reads it; it is not sealed, so there are no words."""

    reason = forms.ChoiceField(label=_("Why"), required=False, choices=[("", _("Rather not said")), *Declined.choices])


class ColleagueForm(forms.Form):
    """To which colleague a handover is given."""

    colleague = forms.ChoiceField(label=_("Colleague"))

    def __init__(self, *args: Any, colleagues: dict[Any, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_empty = not colleagues
        people = [(str(key), name) for key, name in colleagues.items()]
        self.fields["colleague"].choices = [*tips.CHOOSE, *people]  # type: ignore[attr-defined]  # a choice field


class ContactForm(forms.Form):
    """A trusted contact of a desk."""

    region = forms.ChoiceField(label=_("State or province"))
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices, initial=Kind.LAW_ENFORCEMENT)
    county = line(_("County"), required=False, help_text=_("Leave empty if it serves the whole state or province."))
    name = line(_("Name"), help_text=_("The post rather than the person, for example: Sheriff's office, night desk."))
    agency = forms.ChoiceField(
        label=_("Keyring of the agency"), required=False, help_text=_("Without one they are called by phone.")
    )
    phone = line(_("Phone number"), help_text=_("Whoever has no signed key is called, at any hour."))
    order = forms.IntegerField(label=_("Place in the order"), min_value=1, max_value=99, initial=1)
    days = forms.TypedMultipleChoiceField(
        label=_("On duty on"),
        coerce=int,
        choices=list(enumerate(DAYS)),
        initial=whole_week,
        widget=forms.CheckboxSelectMultiple,
    )
    start = forms.TimeField(
        label=_("From"), required=False, widget=forms.TimeInput(attrs={"type": "time"}), help_text=_("Empty: all day.")
    )
    end = forms.TimeField(
        label=_("Until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=_("Earlier than the beginning: until the next morning."),
    )
    timezone = forms.ChoiceField(label=_("Their time zone"), choices=[*tips.CHOOSE, *((zone, zone) for zone in ZONES)])
    verified_on = forms.DateField(
        label=_("Verified on"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("When somebody last called and made sure that this is right."),
    )

    def __init__(self, *args: Any, regions: Sequence[str], agencies: Iterable[vault.DeskKey], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].error_messages["required"] = _("Enter the number: whoever has no signed key is called.")
        served = [found for code in regions if (found := geo.region(code))]
        self.fields["region"].choices = [*tips.CHOOSE, *((each.code, each.name) for each in served)]  # type: ignore[attr-defined]  # a choice field
        signed = vault.signed_agencies()
        known = [(str(key.keyring_id), _agency_words(key.name, is_signed=key.keyring_id in signed)) for key in agencies]
        self.fields["agency"].choices = [("", _("None: they are called")), *known]  # type: ignore[attr-defined]  # as above

    def clean(self) -> dict[str, Any]:
        """Refuse what nobody could reach, half a duty, a day to come, and a county that is not there."""
        cleaned = super().clean() or {}
        if (cleaned.get("start") is None) != (cleaned.get("end") is None):
            self.add_error("end", gettext("Enter both times, or neither for all day."))
        elif cleaned.get("start") is not None and cleaned.get("start") == cleaned.get("end"):
            self.add_error("end", gettext("The two times are the same. Leave both empty for all day."))
        day = cleaned.get("verified_on")
        if day and day > clock.now().date():
            self.add_error("verified_on", gettext("This day is still to come."))
        cleaned["county_code"] = self._county(cleaned) or ""
        return cleaned

    def _county(self, cleaned: dict[str, Any]) -> str | None:
        text, region = cleaned.get("county"), cleaned.get("region")
        if not text or not region:
            return None
        meant = geo.counties_meant(region, text)
        if len(meant.fits) == 1:
            return meant.fits[0].code
        alike = ", ".join(each.name for each in (meant.fits or meant.alike)[:3])
        sentence = gettext("No one county there has this name. Perhaps: %(names)s") % {"names": alike}
        self.add_error("county", sentence if alike else gettext("No county there has this name."))
        return None

    def facts(self) -> ContactFacts:
        """Return what was typed."""
        data = self.cleaned_data
        fields = {name: data[name] for name in ("kind", "order", "days", "start", "end", "timezone")}
        fields |= {"region_id": data["region"], "agency_id": data["agency"] or None}
        return ContactFacts(data["name"], data["phone"], data["county_code"], data["verified_on"], fields)

    @staticmethod
    def initial_of(contact: TrustedContact) -> dict[str, Any]:
        """Return a stored contact as the form shows it."""
        county = geo.county(contact.county_code) if contact.county_code else None
        return {
            "region": contact.region_id,
            "county": county.name if county else "",
            "agency": str(contact.agency_id or ""),
            **{
                name: getattr(contact, name)
                for name in ("kind", "name", "phone", "order", "days", "start", "end", "timezone", "verified_on")
            },
        }


def _agency_words(name: str, *, is_signed: bool) -> str:
    return name if is_signed else gettext("%(name)s (key not signed yet: they are called until then)") % {"name": name}


class PackForm(forms.Form):
    """By which policy pack a desk decides."""

    pack = forms.ChoiceField(label=_("Policy"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, packs: Mapping[str, policy.Pack], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = (get_language() or "en")[:2]
        self.packs = packs
        choices = [(pack.id, f"{pack.title[language]} ({pack.version})") for pack in self.packs.values()]
        self.fields["pack"].choices = choices  # type: ignore[attr-defined]  # a choice field


class DutyForm(forms.Form):
    """A duty by law that is known for a state or province."""

    region = forms.ChoiceField(label=_("State or province"))
    duty = forms.ChoiceField(label=_("Duty"), choices=[*tips.CHOOSE, *DUTIES.items()])
    source = forms.CharField(
        label=_("Where it stands"),
        max_length=300,
        validators=[validate_plain_text],
        help_text=_("The paragraph of the law, or the address of its text."),
    )

    def __init__(self, *args: Any, regions: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        served = [found for code in regions if (found := geo.region(code))]
        self.fields["region"].choices = [*tips.CHOOSE, *((each.code, each.name) for each in served)]  # type: ignore[attr-defined]  # a choice field

"""The shape of what people type about keys. Nothing typed into a passphrase field is ever put back into a page."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from waywatch.geo import api as geo
from waywatch.lib.text import validate_plain_text
from waywatch.vault.actions.keyrings import KeyringFacts
from waywatch.vault.models import Keyring, KeyringKind
from waywatch.vault.passphrase import LONGEST, normal
from waywatch.vault.rules import LOCK_AFTER_MINUTES, LONGEST_LOCK_MINUTES

SECRET = {"autocomplete": "off", "autocapitalize": "none", "autocorrect": "off", "spellcheck": "false"}


def passphrase_field(label: Any, help_text: Any = "") -> forms.CharField:
    """Return a field for a passphrase, which no browser should keep."""
    return forms.CharField(
        label=label, strip=False, max_length=LONGEST, widget=forms.PasswordInput(attrs=SECRET), help_text=help_text
    )


class UnlockForm(forms.Form):
    """The passphrase that opens one's own key."""

    passphrase = passphrase_field(_("Passphrase of your keys"))


class NewPassphraseForm(forms.Form):
    """A new passphrase, typed twice."""

    passphrase = passphrase_field(
        _("New passphrase"),
        _(
            "At least 14 characters, or four words that have nothing to do with each other or with you. Not your password."
        ),
    )
    again = passphrase_field(_("New passphrase (again)"))

    def clean(self) -> dict[str, Any]:
        """Refuse two different passphrases."""
        cleaned = super().clean() or {}
        first, second = cleaned.get("passphrase"), cleaned.get("again")
        if first and second and normal(first) != normal(second):
            self.add_error("again", gettext("The two passphrases differ. Type the same one twice."))
        return cleaned


class ChangePassphraseForm(NewPassphraseForm):
    """The present passphrase, and a new one."""

    current = passphrase_field(_("Present passphrase"))
    field_order = ("current", "passphrase", "again")


class RecoverForm(NewPassphraseForm):
    """The printed recovery key, and a new passphrase."""

    recovery_key = forms.CharField(
        label=_("Recovery key"),
        max_length=100,
        widget=forms.TextInput(attrs=SECRET),
        help_text=_("Eight groups of four letters and digits, from the sheet that you put away."),
    )
    field_order = ("recovery_key", "passphrase", "again")


class ReplaceForm(NewPassphraseForm):
    """A new key in the place of one that nothing opens any more."""

    sure = forms.BooleanField(
        label=_("I have lost both the passphrase and the recovery key. My old key may be erased.")
    )


class KeyringForm(forms.Form):
    """What a keyring is, and who founds it."""

    kind = forms.ChoiceField(label=_("Whose keyring"), choices=KeyringKind.choices, widget=forms.RadioSelect)
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        validators=[validate_plain_text],
        help_text=_("Reporters read the name of a desk on their phones."),
    )
    home = forms.ChoiceField(
        label=_("State or province of an agency"), required=False, help_text=_("A desk needs none.")
    )
    regions = forms.MultipleChoiceField(
        label=_("States and provinces that a desk serves"), required=False, widget=forms.CheckboxSelectMultiple
    )
    lock_after_minutes = forms.IntegerField(
        label=_("Lock after idle minutes"),
        min_value=1,
        max_value=LONGEST_LOCK_MINUTES,
        initial=LOCK_AFTER_MINUTES,
    )
    escrow = forms.BooleanField(
        label=_("Keep a copy of the desk's keys in escrow"),
        required=False,
        help_text=_("Two holders keep it offline, for a team that has lost everything. Reporters read that it exists."),
    )
    first_founder = forms.EmailField(
        label=_("First founder"), help_text=_("E-mail address of an account with the role. You cannot be one.")
    )
    second_founder = forms.EmailField(label=_("Second founder"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regions = [(region.code, region.name) for region in geo.regions()]
        home, served = self.fields["home"], self.fields["regions"]
        assert isinstance(home, forms.ChoiceField)
        assert isinstance(served, forms.MultipleChoiceField)
        home.choices = [("", "—"), *regions]
        served.choices = regions

    def facts(self) -> KeyringFacts:
        """Return what was typed."""
        data = self.cleaned_data
        return KeyringFacts(
            kind=KeyringKind(data["kind"]),
            name=data["name"],
            home=data["home"] or None,
            regions=tuple(data["regions"]),
            lock_after_minutes=data["lock_after_minutes"],
            escrow=data.get("escrow", False),
        )


class KeyringChangeForm(KeyringForm):
    """What an administrator changes of a keyring. Its kind and its founders are settled."""

    def __init__(self, *args: Any, keyring: Keyring, **kwargs: Any) -> None:
        initial = {
            "name": keyring.name,
            "home": keyring.home_id or "",
            "regions": keyring.regions,
            "lock_after_minutes": keyring.lock_after_minutes,
            "escrow": keyring.escrow,
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.keyring_kind = KeyringKind(keyring.kind)
        settled = ["kind", "first_founder", "second_founder"]
        unfit = ["regions", "escrow"] if self.keyring_kind is KeyringKind.AGENCY else ["home"]
        for name in [*settled, *unfit]:
            del self.fields[name]

    def facts(self) -> KeyringFacts:
        """Return what was typed, with the kind as it is."""
        data = self.cleaned_data
        return KeyringFacts(
            kind=self.keyring_kind,
            name=data["name"],
            home=data.get("home") or None,
            regions=tuple(data.get("regions", ())),
            lock_after_minutes=data["lock_after_minutes"],
            escrow=data.get("escrow", False),
        )


class NewcomerForm(forms.Form):
    """Whom to let in."""

    email = forms.EmailField(label=_("E-mail address of the new member"))


class ComparedForm(forms.Form):
    """What a keeper says before anything is sealed to a newcomer."""

    email = forms.EmailField(widget=forms.HiddenInput)
    fingerprint = forms.CharField(widget=forms.HiddenInput, max_length=200)
    is_keeper = forms.BooleanField(label=_("They may let others in and out and make new keys (keeper)"), required=False)
    compared = forms.BooleanField(
        label=_("They read these eight words to me, by telephone or face to face, and every word is the same.")
    )


class SureForm(forms.Form):
    """A last question before something that cannot be undone."""

    sure = forms.BooleanField(label=_("I understand that this cannot be undone."))

"""Add, change, close and reopen an organisation, and say which jurisdictions it serves."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from waywatch.audit import api as audit
from waywatch.directory import access, rules
from waywatch.directory.errors import AlreadyThereError, ChangedMeanwhileError
from waywatch.directory.facts import OrganisationFacts
from waywatch.directory.models import Organisation, ServedJurisdiction, Source
from waywatch.geo import api as geo
from waywatch.lib import clock
from waywatch.lib.actors import Actor
from waywatch.lib.errors import InvalidError
from waywatch.lib.text import clean_line, unsafe_character

KIND = "organisation"
NAME_LENGTH = 200


def add_organisation(
    actor: Actor, *, facts: OrganisationFacts, source: str = Source.ORGANISER, source_url: str = ""
) -> Organisation:
    """Add an organisation; raises `AlreadyThereError` where one of this name is kept in the region, closed ones too."""
    access.enter_as_keeper(actor)
    access.must(access.may_add(actor, facts.region_code))
    columns = _columns(facts)
    organisation = Organisation(source=source, source_url=source_url, **columns)
    organisation.reach_regions = [facts.region_code] if facts.region_code else []
    with transaction.atomic():
        _save_once(organisation, insert=True)
        shown = {name: value for name, value in columns.items() if value and name != "name_key"}
        audit.record("organisation.added", subject_kind=KIND, subject_id=organisation.pk, detail=shown)
    return organisation


def get_or_create_organisation(
    actor: Actor, *, name: str, sector_key: str | None, region_code: str | None, source: str, source_url: str
) -> Organisation:
    """Return the organisation of this name in this region (None: national), added where it is new. Changes nothing that is there."""
    facts = OrganisationFacts(name=clean_line(name)[:NAME_LENGTH], sector_key=sector_key, region_code=region_code)
    try:
        with transaction.atomic():
            return existing(actor, facts) or add_organisation(actor, facts=facts, source=source, source_url=source_url)
    except AlreadyThereError:
        found = existing(actor, facts)  # another transaction added it between the two looks
        if found is None:
            raise
        return found


def existing(actor: Actor, facts: OrganisationFacts) -> Organisation | None:
    """Return the visible organisation that already has this name in this region."""
    found = access.visible_organisations(actor).filter(name_key=rules.name_key(facts.name), region_id=facts.region_code)
    return found.first()


def edit_organisation(
    actor: Actor, *, organisation: Organisation, version: int, facts: OrganisationFacts
) -> Organisation:
    """Change the facts. Raises `ChangedMeanwhileError` where `version`, which the form was opened with, is no longer the newest."""
    access.must(access.may_edit(actor, organisation) and access.may_add(actor, facts.region_code))
    with transaction.atomic():
        row = Organisation.objects.select_for_update().get(pk=organisation.pk)
        columns = _columns(facts)
        changes = rules.changes(_stored(row), columns)
        changes.pop("name_key", None)
        if row.version != version:
            raise changed_meanwhile(changes, row.version)
        if not changes:
            return row
        for name, value in columns.items():
            setattr(row, name, value)
        row.reach_regions = _reach(row)
        _bump(row)
        audit.record("organisation.changed", subject_kind=KIND, subject_id=row.pk, detail=_plain(changes))
    return row


def close_organisation(actor: Actor, *, organisation: Organisation) -> Organisation:
    """Close an organisation: it leaves the lists to choose from, and everything it did stays."""
    return _set_closed(actor, organisation, clock.now(), "organisation.closed")


def reopen_organisation(actor: Actor, *, organisation: Organisation) -> Organisation:
    """Take a closed organisation into use again."""
    return _set_closed(actor, organisation, None, "organisation.reopened")


def _set_closed(actor: Actor, organisation: Organisation, closed_at: dt.datetime | None, action: str) -> Organisation:
    access.must(access.may_edit(actor, organisation))
    with transaction.atomic():
        row = Organisation.objects.select_for_update().get(pk=organisation.pk)
        if (row.closed_at is None) == (closed_at is None):
            return row
        row.closed_at = closed_at
        _bump(row)
        audit.record(action, subject_kind=KIND, subject_id=row.pk)
    return row


def add_served(
    actor: Actor,
    *,
    organisation: Organisation,
    region_code: str,
    county_code: str | None = None,
    since: dt.date | None = None,
) -> ServedJurisdiction:
    """Say that an organisation serves a region, or one county of it: whoever looks after that region then sees and helps it."""
    access.must(access.may_edit(actor, organisation))
    _check_county(county_code, region_code)
    with transaction.atomic():
        row = Organisation.objects.select_for_update().get(pk=organisation.pk)
        place = {"region_id": region_code, "county_id": county_code}
        served = row.served.filter(**place).first()
        if served is not None:
            return served
        served = ServedJurisdiction(organisation=row, since=since, **place)
        served.save(force_insert=True)
        row.reach_regions = _reach(row)
        _bump(row)
        audit.record("organisation.serves", subject_kind=KIND, subject_id=row.pk, detail=_place(served))
    return served


def remove_served(actor: Actor, *, served: ServedJurisdiction) -> None:
    """Say that an organisation no longer serves a region or county."""
    access.must(access.may_edit(actor, served.organisation))
    with transaction.atomic():
        row = Organisation.objects.select_for_update().get(pk=served.organisation_id)
        detail = _place(served)
        if not row.served.filter(pk=served.pk).delete()[0]:
            return
        row.reach_regions = _reach(row)
        _bump(row)
        audit.record("organisation.serves_no_more", subject_kind=KIND, subject_id=row.pk, detail=detail)


def record_export(actor: Actor, *, rows: int, sector: str, region: str) -> None:
    """Write down that the list was taken out as a file, how many rows of it and how it was narrowed."""
    access.enter_as_keeper(actor)
    with transaction.atomic():
        detail: dict[str, audit.JSON] = {"rows": rows, "sector": sector, "region": region}
        audit.record("organisation.exported", subject_kind="directory", subject_id="organisations", detail=detail)


def changed_meanwhile(differences: dict[str, list[Any]], version: int) -> ChangedMeanwhileError:
    """Return the error for a form that was opened before somebody else saved."""
    sentence = gettext(
        "Somebody else saved a change after you opened this form. Nothing of yours is lost: compare the two below, "
        "then save again to keep what you typed."
    )
    return ChangedMeanwhileError(sentence, differences=differences, version=version)


def _columns(facts: OrganisationFacts) -> dict[str, Any]:
    key = rules.name_key(facts.name)
    if not key:
        raise InvalidError(gettext("Give a name with at least one letter or digit."), field="name")
    if unsafe_character(facts.name):
        raise InvalidError(gettext("This name has an invisible character. Type it again without it."), field="name")
    _check_county(facts.county_code, facts.region_code)
    return {
        "name": facts.name,
        "name_key": key,
        "kind": facts.kind,
        "sector_id": facts.sector_key,
        "region_id": facts.region_code,
        "county_id": facts.county_code,
        "city": facts.city,
        "website": facts.website,
    }


def _check_county(county_code: str | None, region_code: str | None) -> None:
    if county_code is None:
        return
    county = geo.county(county_code)
    if county is None or county.region != region_code:
        raise InvalidError(gettext("This county is not one of this state or province."), field="county")


def _stored(row: Organisation) -> dict[str, Any]:
    names = ("name", "name_key", "kind", "sector_id", "region_id", "county_id", "city", "website")
    return {name: getattr(row, name) for name in names}


def _reach(row: Organisation) -> list[str]:
    served = set(row.served.values_list("region_id", flat=True))
    return sorted(served | ({row.region_id} if row.region_id else set()))


def _bump(row: Organisation) -> None:
    row.version += 1
    _save_once(row, insert=False)


def _save_once(organisation: Organisation, *, insert: bool) -> None:
    try:
        with transaction.atomic():
            organisation.save(force_insert=insert, force_update=not insert)
    except IntegrityError as error:
        if "directory_organisation_once_a_region" not in str(error):
            raise
        raise _already_there(organisation) from None


def _already_there(organisation: Organisation) -> AlreadyThereError:
    found = Organisation.objects.filter(name_key=organisation.name_key, region_id=organisation.region_id).first()
    sentence = gettext(
        "An organisation of this name is already in the directory for this region. Open that one instead."
    )
    return AlreadyThereError(sentence, existing_id=found.pk if found else None, field="name")


def _place(served: ServedJurisdiction) -> dict[str, str]:
    place = {"region": served.region_id, "county": served.county_id or "", "since": str(served.since or "")}
    return {name: value for name, value in place.items() if value}


def _plain(changes: dict[str, list[Any]]) -> dict[str, list[str]]:
    return {name.removesuffix("_id"): [str(old or ""), str(new or "")] for name, (old, new) in changes.items()}

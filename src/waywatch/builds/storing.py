"""Writing one printed row: the build and its parts, or the figures of a year. The caller holds the transaction."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from waywatch.builds.models import (
    AttendanceFigure,
    Build,
    CoHost,
    FollowUp,
    InvitedSector,
    Part,
    Quote,
    Said,
    SurveyFigure,
    YearFigures,
    YearSectorFigure,
)
from waywatch.builds.printed import PrintedBuild, PrintedFollowUp, PrintedSurvey, PrintedYear
from waywatch.builds.rules import wave_of
from waywatch.builds.vocabulary import Provenance, Qualifier
from waywatch.directory import api as directory_room
from waywatch.geo import api as geo
from waywatch.lib.actors import current_actor
from waywatch.lib.jsonfile import Problem

PUBLISHED = Provenance.PUBLISHED
# The words under which invitations and prints name a sector, beside the sector's own key.
SECTOR_WORDS = {
    "truckers": "trucking",
    "truck stops": "truck_stop",
    "busing": "bus",
    "bus drivers": "bus",
    "bus companies serving casinos": "bus",
    "oil and gas representatives": "energy",
    "energy industry": "energy",
    "casinos": "casino",
    "government agencies": "government",
    "transit leadership": "transit",
    "trucking leadership": "trucking",
    "all trucking industry stakeholders": "trucking",
    "local indigenous communities": "indigenous_community",
}


@dataclass(frozen=True)
class Directory:
    """What rows may name: sectors by key. Regions are asked of geo."""

    sectors: frozenset[str]

    @classmethod
    def load(cls) -> "Directory":
        """Read the sectors once for a whole file."""
        return cls(sectors=frozenset(node.key for node in directory_room.sectors(on=None)))

    def unknown_in(self, printed: PrintedBuild) -> list[Problem]:
        """Return what the row names that does not exist: its state or province, and sectors."""
        problems = self.unknown_sectors(printed.id, _by_key(printed.attendance_by_sector))
        problems += self.unknown_sectors(printed.id, _by_place("co_host_sectors[{}]", printed.co_host_sectors))
        of_acts = _by_place("follow_up[{}].sector", [row.sector for row in printed.follow_up])
        problems += self.unknown_sectors(printed.id, of_acts)
        if geo.region_named(printed.region, printed.country) is None:
            problems.append(_no_such_region(printed.id, "region", printed.region, printed.country))
        problems += [
            _no_such_region(printed.id, field, name, printed.country)
            for field, name in _by_place("states_covered[{}]", printed.states_covered).items()
            if geo.region_named(name, printed.country) is None
        ]
        return problems

    def unknown_in_year(self, printed: PrintedYear) -> list[Problem]:
        """Return the sectors that a year's row names and that do not exist."""
        return self.unknown_sectors(printed.id, _by_key(printed.attendance_by_sector))

    def unknown_sectors(self, row: str, keys: Mapping[str, str | None]) -> list[Problem]:
        """Return a problem for each key that is no sector. `keys` has the field of each."""
        known = ", ".join(sorted(self.sectors))
        return [
            Problem(row, field, f"“{key}” is not a sector. Known are: {known}.")
            for field, key in keys.items()
            if key is not None and key not in self.sectors
        ]

    def sector_in(self, words: str) -> str | None:
        """Return the sector that printed words name exactly, or None: nothing is guessed."""
        plain = words.casefold().strip()
        key = SECTOR_WORDS.get(plain, re.sub(r"[ -]", "_", plain))
        return key if key in self.sectors else None


Words = TypeVar("Words", str, str | None)


def _by_place(field: str, words: Iterable[Words]) -> dict[str, Words]:
    return {field.format(place): word for place, word in enumerate(words)}


def _by_key(by_sector: Iterable[str]) -> dict[str, str]:
    return {f"attendance_by_sector.{key}": key for key in by_sector}


def _no_such_region(row: str, field: str, name: str, country: str) -> Problem:
    return Problem(row, field, f"“{name}” is not a state or province of {country}. Write its full name, such as Texas.")


def store_build(stored: Build | None, printed: PrintedBuild, digest: str, directory: Directory) -> None:
    """Create the build or bring it up to the file, with all its published parts."""
    build = stored or Build(slug=printed.id)
    for name, value in _build_fields(printed).items():
        setattr(build, name, value)
    build.loaded_digest = digest
    build.version = build.version + 1 if stored else 1
    build.save()
    covered = [geo.region_named(name, printed.country) for name in printed.states_covered]
    codes = [region.code for region in covered if region and region.code != build.region_id]
    build.also_covers.set(codes)  # type: ignore[arg-type]  # keys are as good as rows, the stubs know whole numbers only
    _clear_published(build)
    _store_parts(build, printed, directory)


def _build_fields(printed: PrintedBuild) -> dict[str, Any]:
    region = geo.region_named(printed.region, printed.country)
    assert region is not None  # unknown_in() has refused it before
    return {
        "year": printed.year,
        "date": printed.date,
        "date_printed": printed.date_printed or "",
        "starts_at": printed.start,
        "ends_at": printed.end,
        "city": printed.city or "",
        "region_id": region.code,
        "mode": printed.mode or "",
        "venue": printed.venue or "",
        "invite_only": printed.invite_only,
        "called_build": printed.is_called_coalition_build,
        "presenters": printed.presenters,
        "notes": printed.notes,
        "sources": printed.source,
        "provenance": PUBLISHED,
        "listed": True,
    }


def _clear_published(build: Build) -> None:
    for model in (CoHost, InvitedSector):
        model.objects.filter(build=build).delete()
    for said in (AttendanceFigure, SurveyFigure, FollowUp, Quote):
        said.objects.filter(build=build, provenance=PUBLISHED).delete()


def _store_parts(build: Build, printed: PrintedBuild, directory: Directory) -> None:
    parts: list[list[Any]] = [
        _cohosts(printed, build.region_id),
        [InvitedSector(printed=words, sector_id=directory.sector_in(words)) for words in printed.invited if words],
        _published(_attendance(printed), printed),
        _published([_survey(row) for row in printed.survey], printed),
        _published([_follow_up(row) for row in printed.follow_up], printed),
        _published([Quote(text=text, is_paraphrase=True) for text in printed.quotes_paraphrase if text], printed),
    ]
    for rows in parts:
        _place(build, rows)
        if rows:
            type(rows[0])._default_manager.bulk_create(rows)  # noqa: SLF001 - the model's manager by its public name


def _published(rows: Sequence[Said], printed: PrintedBuild) -> list[Said]:
    """Let each row name the pages on which it may stand: a file names its pages for a build, not for each figure."""
    for row in rows:
        row.provenance = PUBLISHED
        row.sources = list(printed.source)
    return list(rows)


def _place(build: Build, rows: list[Part]) -> None:
    for position, row in enumerate(rows):
        row.build = build
        row.position = position


def _cohosts(printed: PrintedBuild, region: str) -> list[CoHost]:
    paired = len(printed.co_host_sectors) == len(printed.cohosts)
    sectors = printed.co_host_sectors if paired else [None] * len(printed.cohosts)
    source = printed.source[0] if printed.source else ""
    return [
        CoHost(name=name, sector_id=sector, organisation_id=_organisation(name, sector, region, source))
        for name, sector in zip(printed.cohosts, sectors, strict=True)
    ]


def _organisation(name: str, sector: str | None, region: str, source: str) -> Any:
    """Return the id of the co-host's organisation, made where it is new. Words such as "(unnamed)" name nobody."""
    if "(unnamed)" in name:
        return None
    home = geo.region(region)
    named_after = home is not None and home.name_en in name
    actor = current_actor()
    assert actor is not None  # the audit of the same transaction needs one too
    organisation = directory_room.ensure_organisation(
        actor,
        name=name,
        sector_key=sector,
        region_code=region if named_after else None,
        source="published",
        source_url=source,
    )
    return organisation.id


def _attendance(printed: PrintedBuild) -> list[AttendanceFigure]:
    figures = [
        AttendanceFigure(sector_id=key, value=value)
        for key, value in printed.attendance_by_sector.items()
        if value is not None
    ]
    if printed.attendance_total is not None:
        qualifier = printed.attendance_qualifier or ""
        figures.insert(0, AttendanceFigure(value=printed.attendance_total, qualifier=qualifier))
    return figures


def _survey(row: PrintedSurvey) -> SurveyFigure:
    return SurveyFigure(
        wave=wave_of(row.when or ""),
        when_printed=row.when or "",
        metric=row.metric,
        value=row.value,
        unit=row.unit or "",
        respondents=row.respondents,
        printed=row.printed or "",
    )


def _follow_up(row: PrintedFollowUp) -> FollowUp:
    return FollowUp(
        when_printed=row.when or "",
        actor_name=row.actor,
        kind=row.known_kind,
        kind_printed=row.kind,
        sector_id=row.sector,
        count=row.count,
        qualifier=_word(row.qualifier, row.count),
        printed=row.printed or "",
    )


def _word(qualifier: Qualifier | None, number: int | None) -> str:
    """Return the word before a number; "" where there is no number that it could stand before."""
    return qualifier if qualifier and number is not None else ""


def store_year(stored: YearFigures | None, printed: PrintedYear, digest: str) -> None:
    """Create a year's figures or bring them up to the file."""
    figures = stored or YearFigures(slug=printed.id)
    figures.year = printed.year
    figures.scope = printed.scope or ""
    figures.builds = printed.builds
    figures.us_states = printed.us_states
    figures.ca_provinces = printed.ca_provinces
    figures.sessions = printed.sessions
    figures.registered = printed.registered_total
    figures.total = printed.total_printed
    figures.total_qualifier = _word(printed.total_qualifier, printed.total_printed)
    figures.sectors_printed = printed.sectors
    figures.notes = printed.notes
    figures.sources = printed.source
    figures.loaded_digest = digest
    figures.save()
    figures.by_sector.all().delete()
    YearSectorFigure.objects.bulk_create(
        YearSectorFigure(year_figures=figures, sector_id=key, value=value)
        for key, value in printed.attendance_by_sector.items()
    )

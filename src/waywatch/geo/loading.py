"""Loads the published files into the tables, as the database owner. The same files a second time cost one digest."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection, transaction
from psycopg import sql

from waywatch.geo import regions, sources
from waywatch.geo.models import ReferenceVersion
from waywatch.lib.clock import now

Progress = Callable[[str], None]
LOCK = 7_304_512_001  # two loaders at once wait for each other


@dataclass(frozen=True, slots=True)
class Summary:
    """What a load found: rows by table, and by what they lack the rows that lack something."""

    rows: dict[str, int]
    gaps: dict[str, int]
    unchanged: bool
    seconds: float = field(compare=False)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows on their way into a table."""

    name: str
    key: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Any]]


def load_reference(progress: Progress | None = None) -> Summary:
    """Bring the reference tables up to date with the data files. Others may point at rows: none is ever deleted."""
    began, say = time.monotonic(), progress or (lambda _: None)
    digest = sources.digest()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        loaded = ReferenceVersion.objects.filter(digest=digest).first()
        if loaded:
            return Summary(
                loaded.summary["rows"], loaded.summary["gaps"], unchanged=True, seconds=time.monotonic() - began
            )
        tables, gaps = read_tables()
        for table in tables:
            say(f"{table.name}: {len(table.rows)}")
            _upsert(cursor, table)
        rows = {table.name: len(table.rows) for table in tables}
        ReferenceVersion.objects.update_or_create(
            id=1, defaults={"digest": digest, "summary": {"rows": rows, "gaps": gaps}, "loaded_at": now()}
        )
    return Summary(rows, gaps, unchanged=False, seconds=time.monotonic() - began)


def read_tables() -> tuple[list[Table], dict[str, int]]:
    """Read every file. The tables come in the order in which their foreign keys need them."""
    gaps: Counter[str] = Counter()
    counties = sources.counties(gaps)
    known = {county.code for county in counties}
    named = ("name_en", "name_fr", "name_es")
    countries = [(each.code, each.name_en, each.name_fr, each.name_es) for each in regions.COUNTRIES]
    states = [
        (each.code, each.country, each.postal, each.kind, each.name_en, each.name_fr, each.name_es)
        for each in regions.by_code().values()
    ]
    tables = [
        Table("geo_country", "code", ("code", *named), countries),
        Table("geo_region", "code", ("code", "country_id", "postal", "kind", *named), states),
        _table("geo_county", "code", counties),
        _table("geo_zipcode", "code", sources.zip_codes(known, gaps)),
        _table("geo_agency", "ori", sources.agencies(known, gaps)),
        _table("geo_place", "id", sources.places(gaps)),
    ]
    return tables, dict(gaps)


def _table(name: str, key: str, rows: Sequence[NamedTuple]) -> Table:
    return Table(name, key, rows[0]._fields, rows)


def _upsert(cursor: Any, table: Table) -> None:
    """COPY into a temporary table, then insert what is new and update what differs."""
    target, staged = sql.Identifier(table.name), sql.Identifier(f"new_{table.name}")
    columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    cursor.execute(sql.SQL("CREATE TEMP TABLE {} (LIKE {} INCLUDING DEFAULTS) ON COMMIT DROP").format(staged, target))
    with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(staged, columns)) as copy:
        for row in table.rows:
            copy.write_row(row)
    rest = [sql.Identifier(name) for name in table.columns if name != table.key]
    statement = sql.SQL(
        "INSERT INTO {target} AS held ({columns}) SELECT {columns} FROM {staged} "
        "ON CONFLICT ({key}) DO UPDATE SET ({rest}) = ROW({fresh}) WHERE ({held}) IS DISTINCT FROM ({fresh})"
    )
    cursor.execute(
        statement.format(
            target=target,
            columns=columns,
            staged=staged,
            key=sql.Identifier(table.key),
            rest=sql.SQL(", ").join(rest),
            held=sql.SQL(", ").join(sql.SQL("held.{}").format(name) for name in rest),
            fresh=sql.SQL(", ").join(sql.SQL("excluded.{}").format(name) for name in rest),
        )
    )
    cursor.execute(sql.SQL("DROP TABLE {}").format(staged))

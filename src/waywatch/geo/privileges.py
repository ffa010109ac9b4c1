"""What the running roles may do with this room's tables."""

from waywatch.lib.privileges import READ, Privileges

# Which rows of geo_place may be written is narrowed by row-level security (migration 0001): organisers' places only.
TABLES: dict[str, Privileges] = {
    "geo_country": Privileges(web=READ, worker=READ),
    "geo_region": Privileges(web=READ, worker=READ),
    "geo_county": Privileges(web=READ, worker=READ),
    "geo_zipcode": Privileges(web=READ, worker=READ),
    "geo_agency": Privileges(web=READ, worker=READ),
    "geo_place": Privileges(web="SELECT, INSERT, UPDATE", worker=READ),
    "geo_referenceversion": Privileges(web=READ, worker=READ),
}

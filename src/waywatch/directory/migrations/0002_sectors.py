"""The sectors as they were printed from 2015 on. docs/reference/sectors.md gives the page for each date."""

import datetime as dt
from typing import Any

from django.db import migrations

# fmt: off
# key, English, French, Spanish, parent, first year of use
SECTORS = [
    ("trucking", "Trucking companies", "Entreprises de camionnage", "Empresas de transporte de carga", None, None),
    ("truck_stop", "Truck stops and travel plazas", "Relais routiers", "Paradas de camiones", None, None),
    ("bus_transit", "Bus and public transit", "Autocar et transport en commun", "Autobuses y transporte público", None, 2018),
    ("bus", "Bus companies", "Transporteurs par autocar", "Empresas de autobuses", "bus_transit", 2022),
    ("transit", "Public transit agencies", "Sociétés de transport en commun", "Organismos de transporte público", "bus_transit", 2022),
    ("energy", "Energy companies", "Entreprises du secteur énergétique", "Empresas de energía", None, 2017),
    ("association", "Transportation associations", "Associations du transport", "Asociaciones de transporte", None, 2022),
    ("law_enforcement", "Law enforcement", "Forces de l’ordre", "Fuerzas del orden", None, None),
    ("government", "Government agencies", "Organismes publics", "Organismos gubernamentales", None, 2018),
    ("prosecutors", "Prosecutors", "Procureurs", "Fiscalías", None, None),
    ("ngo", "Non-profit organisations", "Organismes sans but lucratif", "Organizaciones sin fines de lucro", None, 2018),
    ("casino", "Casinos and gaming", "Casinos et jeux", "Casinos y juegos", None, 2019),
    ("indigenous_community", "Indigenous communities", "Communautés autochtones", "Comunidades indígenas", None, 2022),
]
# fmt: on


def plant(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001 - Django's signature
    sector = apps.get_model("directory", "Sector")
    for order, (key, en, fr, es, parent, year) in enumerate(SECTORS, start=1):
        facts = {"name_en": en, "name_fr": fr, "name_es": es, "parent_id": parent, "order": order * 10}
        since = dt.date(year, 1, 1) if year else None
        sector.objects.update_or_create(key=key, defaults={**facts, "valid_from": since})


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_initial")]

    operations = [migrations.RunPython(plant, migrations.RunPython.noop)]

"""An opened handover as a file for the agency's own systems: EIDO-JSON (NENA-STA-021.1b-2022, a draft for a hand-off) and a page of paper.

The file is no longer sealed: whoever downloads it answers for it. In the EIDO what the desk lets go stands as notes, for a tip is words
and no record of persons; a 911 incident is a link by its number, never its content. Values of registries are the most general ones: the
receiving system sets its own.
"""

import datetime as dt
import html
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typst
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from waywatch.lib.text import made_visible
from waywatch.referrals.disclosure import Document
from waywatch.referrals.officers import TaskRow
from waywatch.referrals.rules import Incident
from waywatch.referrals.wording import parts_of
from waywatch.tips import api as tips

TEMPLATE = Path(__file__).parent / "typst" / "handover.typ"
DESK, AGENCY = "urn:waywatch:desk", "urn:waywatch:agency"
PRIORITIES = {tips.NOW: 1, tips.DAY: 2, tips.OLDER: 3}
EIDO_VERSION = "1.0"
WARNING = _(
    "Somebody noticed this. It is not a finding: potential victims, apparent ages. A place is old within the hour."
)


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What is put into a file, and when: a handover from outside, what it says, and the 911 incidents that hold."""

    row: TaskRow
    document: Document
    incidents: Sequence[Incident]
    agency: str
    made_at: dt.datetime

    @property
    def parts(self) -> tuple[tips.Answered, ...]:
        """Return the answers under the words of the questions."""
        return parts_of(self.document)


def as_eido(handed: HandedOver) -> str:
    """Return the handover as an Emergency Incident Data Object. Each part bears the time at which it was said, not that of the file."""
    key, handed_at = f"urn:uuid:{handed.row.id}", handed.row.handed_at
    notes = [
        _component(f"{key}:note:{n}", handed_at, notesActionComments=text) for n, text in enumerate(_notes(handed), 1)
    ]
    agencies = [
        _agency(DESK, handed_at, handed.row.desk, "psap"),
        _agency(AGENCY, handed_at, handed.agency, "police"),
    ]
    links = []
    for n, each in enumerate(handed.incidents, 1):
        at, agency = each.at or handed_at, f"{key}:agency:{n}"
        agencies.append(_agency(agency, at, each.agency, "police"))
        links.append(_link(f"{key}:link:{n}", at, each.number, agency))
    said = _component(
        key,
        max([handed_at, *(each.at for each in handed.incidents if each.at)]),
        eidoVersion=EIDO_VERSION,
        issuingElementIdentification="waywatch",
        incidentComponent=_component(
            f"{key}:incident",
            handed_at,
            incidentTypeCommonRegistryText="Other",
            incidentTypeInternalText="Potential human trafficking, told to a hotline",
            incidentCommonPriorityNumber=PRIORITIES[handed.row.urgency],
            notesReference=[{"$ref": note["$id"]} for note in notes],
        ),
        notesComponent=notes,
        agencyComponent=agencies,
        linkComponent=links,
    )
    return json.dumps(said, ensure_ascii=False, indent=1)


def _component(key: str, at: dt.datetime, **facts: Any) -> dict[str, Any]:
    return {"$id": key, "lastUpdateTimeStamp": at.isoformat(), "updatedByAgencyReference": {"$ref": DESK}, **facts}


def _agency(key: str, at: dt.datetime, name: str, kind: str) -> dict[str, Any]:
    facts = {"agencyRoleDescriptionRegistryText": ["Other"], "agencyType": [kind], "agencyJcard": _named(name)}
    return _component(key, at, **facts)


def _link(key: str, at: dt.datetime, number: str, agency: str) -> dict[str, Any]:
    facts = {"incidentTrackingIdentifier": number, "linkDirectionCode": "RELATED"}
    return _component(key, at, **facts, involvedAgencyReference={"$ref": agency})


def _named(name: str) -> str:
    """Return a jCard (RFC 7095) with a name and nothing else."""
    return json.dumps(["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", name]]], ensure_ascii=False)


def _notes(handed: HandedOver) -> list[str]:
    """Return the notes: HTML5, each word escaped."""
    found = [f"<p>{html.escape(str(WARNING))}</p>"]
    for part in handed.parts:
        rows = "".join(f"<dt>{html.escape(q)}</dt><dd>{html.escape(a)}</dd>" for q, a in part.rows)
        found.append(f"<h1>{html.escape(part.title)}</h1><dl>{rows}</dl>")
    if handed.document.odd:
        found.append(f"<pre>{html.escape(made_visible(handed.document.odd))}</pre>")
    if handed.document.words:
        found.append(f"<h1>{html.escape(gettext('Words of the desk'))}</h1><p>{html.escape(handed.document.words)}</p>")
    return found


def as_pdf(handed: HandedOver) -> bytes:
    """Return the handover as a tagged PDF, on letter paper. About 0.1 s."""
    row, document = handed.row, handed.document
    parts = [{"title": part.title, "rows": [list(pair) for pair in part.rows]} for part in handed.parts]
    data = {
        "lang": (get_language() or "en")[:2],
        "title": gettext("Handed over by a hotline"),
        "facts": [
            [gettext("Urgency"), row.urgency_words],
            [gettext("State or province"), row.place],
            [gettext("Desk"), row.desk],
            [gettext("Agency"), handed.agency],
            [gettext("Handed over"), date_format(row.handed_at, "DATETIME_FORMAT")],
            *([gettext("911 incident"), f"{each.number} ({each.agency})"] for each in handed.incidents),
        ],
        "warning": str(WARNING),
        "parts": parts,
        "words_title": gettext("Words of the desk"),
        "words": document.words,
        "footer": gettext(
            "Printed %(moment)s. Passed on under %(policy)s. Keep it as you keep what is sealed, and destroy it."
        )
        % {"moment": date_format(handed.made_at, "DATETIME_FORMAT"), "policy": document.policy},
    }
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    content: bytes = typst.compile(str(TEMPLATE), sys_inputs=inputs, ignore_system_fonts=True, pdf_standards=["ua-1"])
    return content

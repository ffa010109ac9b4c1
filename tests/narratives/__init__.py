"""Published narratives as a reporter would enter them: the content of a tip (docs/reference/tip-content.md)."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from waywatch.advice import api as advice

Narrative = dict[str, Any]
FILE = Path(__file__).parent / "narratives.json"
PARTS = {"possible_controller": "controls"}
AGES = {"adult": "adult", "minor": "minor"}
# Codes of readers that say the same as a sign of ours under another name.
SAME = {
    "apparent_minor_in_commercial_sex": "commercial_sex_offered",
    "minor_in_commercial_sex": "commercial_sex_offered",
    "third_party_control": "controlled_by_other",
    "claimed_relationship_doubtful": "story_contradicts",
    "fear": "distress",
}
MINOR_IN_COMMERCIAL_SEX = {"apparent_minor_in_commercial_sex", "minor_in_commercial_sex"}


def narratives() -> list[Narrative]:
    """Return the published narratives."""
    found: list[Narrative] = json.loads(FILE.read_text(encoding="utf-8"))["narratives"]
    return found


def signs_of(codes: Iterable[str]) -> list[str]:
    """Return the signs that a reader's codes stand for. Looks, family and age have none, nor has what the people and vehicles say."""
    known = advice.book().signs
    return list(dict.fromkeys(key for code in codes if (key := SAME.get(code, code)) in known))


def content_of(narrative: Narrative, *, seen: str) -> dict[str, Any]:
    """Return what a reporter says who tells this narrative and saw it "now", within a "day", or "older"."""
    codes = narrative["indicators"]
    first_hand = "no" if "hearsay_second_person" in codes else "yes"
    return {
        "danger_now": "unknown",
        "about": "self" if narrative["status"] == "self_report" else "others",
        "where": {"country": narrative["place"]["country"], "words": narrative["place"]["region"] or ""},
        "when": {"seen": seen, "words": narrative["when"] or ""},
        "people": [_person(person) for person in narrative["people"]],
        "vehicles": [{"type": vehicle["type"], "relation": vehicle["relation"]} for vehicle in narrative["vehicles"]],
        "timeline": [{"what": behaviour} for behaviour in narrative["behaviours"]],
        "signs": [{"key": key, "first_hand": first_hand} for key in signs_of(codes)],
        "called": narrative["channels"],
        "words": narrative["text_paraphrase"],
    }


def _person(person: dict[str, Any]) -> dict[str, Any]:
    return {
        "count": person["count"],
        "age": AGES.get(person["age_class"], "unknown"),
        "part": PARTS.get(person["role"], "seen"),
        "recognise": person["note"],
    }


SECTORS = {"trucking": "trucking", "truck_stop": "truck_stop"}
PLACES = {
    "aircraft": "vehicle",
    "city_bus": "vehicle",
    "school_bus": "vehicle",
    "school_bus_stop": "other",
    "transit_center": "bus_station",
    "truck_stop_restroom": "truck_stop",
    "unknown": None,
    "vehicle_to_hotel": "vehicle",
}
POLICE = ("sheriff", "police", "law_enforcement", "authorities")
CALLED = ("911", "hotline", "local_police", "manager", "dispatch", "other")
RELATIONS = {"drop_off", "left_scene", "suspect"}


def answers_of(narrative: Narrative, region: str) -> dict[str, Any]:
    """Return the narrative in the choices of the reporter's page, for a reporter who chose `region`; nothing empty stands in it.

    About oneself the page asks nothing more.
    """
    said = content_of(narrative, seen="now")
    if said["about"] == "self":
        return {"danger_now": said["danger_now"], "about": "self"}
    place = narrative["place"]["type"]
    said["reporter"] = {"sector": _sector(narrative["reporter"])}
    said["where"] = {"region": region, "type": PLACES.get(place, place), "words": said["where"]["words"]}
    said["vehicles"] = [_vehicle(vehicle) for vehicle in said["vehicles"]]
    codes = {_called(code) for code in narrative["channels"] if code != "unspecified"}
    said["signs"].sort(key=lambda sign: list(advice.book().signs).index(sign["key"]))  # the page's order
    said["called"] = [choice for choice in CALLED if choice in codes]
    filled: dict[str, Any] = _filled(said)
    return filled


def _sector(reporter: dict[str, Any]) -> str:
    if reporter["sector"] == "bus_transit":
        return "school_bus" if reporter["role"] == "school_bus_driver" else "transit"
    return SECTORS.get(reporter["sector"], "community")


def _vehicle(vehicle: dict[str, Any]) -> dict[str, Any]:
    known = vehicle["relation"] in RELATIONS
    return vehicle if known else {**vehicle, "relation": "other", "words": vehicle["relation"]}


def _called(code: str) -> str:
    if code.startswith("911"):
        return "911"
    if "hotline" in code:
        return "hotline"
    if any(word in code for word in POLICE):
        return "local_police"
    if code in {"supervisor", "local_dispatch"}:
        return "dispatch"
    return "manager" if code == "manager" else "other"


def _filled(said: Any) -> Any:
    if isinstance(said, dict):
        return {key: value for key, each in said.items() if (value := _filled(each)) not in ({}, [], "", None)}
    return [_filled(each) for each in said] if isinstance(said, list) else said

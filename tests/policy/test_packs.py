"""The packs that ship: whole, with sources and a review, never changed; and every way in which a pack is refused."""

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.policy import AT_ONCE, EVERY, plain_pack, rule, words
from waywatch.policy import api as policy
from waywatch.policy.floors import FLOORS
from waywatch.policy.reading import FOLDER, digest_of, newest, pack_of

PINNED = {
    ("consent-first", "2026-11-25"): (
        "27cec198da7d09d691d3847c764ce49a008cf150882d833d43e22a5376864d19",
        "4bbfa39dcb025603521d066026151004df4d5a4cf8174a32f544474b87419855",
    ),
    ("forward-third-party", "2026-11-25"): (
        "1930de51eca40c169646a5ac2574d92d4e8c119d039d0a5bf4045f8b6c85e3df",
        "a27abba1068e0da9efe8a2bb8cb55a9f8f36a96b1a7d19ba604808b454e61018",
    ),
}
"""By pack and version: the digest of its content, and that of all its answers. A line is added and never changed."""


def test_no_version_that_shipped_has_changed_and_none_is_gone() -> None:
    assert {version: pack.digest for version, pack in policy.packs().items()} == {
        version: content for version, (content, _) in PINNED.items()
    }


@pytest.mark.parametrize("version", PINNED, ids=lambda version: version[0])
def test_no_answer_of_a_shipped_pack_changes_unseen(version: tuple[str, str]) -> None:
    """A stored decision comes out again only while these stand. What has to be otherwise needs a new version of the pack or the floors."""
    pack = policy.packs()[version]
    answers = [policy.decide(told, pack, floors_version="1").as_json() for told in EVERY]
    assert hashlib.sha256(json.dumps(answers, sort_keys=True).encode()).hexdigest() == PINNED[version][1]


def test_the_newest_version_of_each_pack_is_the_one_in_use() -> None:
    read = {pack.version: pack for pack in (pack_of(plain_pack(version=day)) for day in ("2026-02-01", "2026-01-31"))}
    other = pack_of(plain_pack(id="other", version="2025-01-01"))
    found = newest({("plain", version): pack for version, pack in read.items()} | {("other", "2025-01-01"): other})
    assert found == {"plain": read["2026-02-01"], "other": other}


def test_every_rule_of_a_shipped_pack_speaks_three_languages_in_one_sentence() -> None:
    rules = [known for pack in policy.packs().values() for known in pack.rules]
    for text in [known.text for known in rules] + [pack.title for pack in policy.packs().values()]:
        assert set(text) == {"en", "fr", "es"}
        assert len(set(text.values())) == 3
    assert [known.id for known in rules for said in known.text.values() if not re.fullmatch(r"[^.!?]+\.", said)] == []


def test_what_is_published_names_its_page_and_each_page_is_used() -> None:
    for pack in policy.packs().values():
        used = {key for known in pack.rules for key in known.sources}
        assert used == {source.key for source in pack.sources}
        assert all(known.sources for known in pack.rules if known.grounded == "published")
        assert {known.grounded for known in pack.rules} == {"published", "ours"}


def test_nobody_has_reviewed_them_yet_and_they_say_so() -> None:
    assert [pack.is_reviewed for pack in policy.packs().values()] == [False, False]


@pytest.mark.parametrize("missing", [None, "reviewer", "qualification", "survivor_review"])
def test_a_pack_is_reviewed_when_all_of_its_review_is_there(missing: str | None) -> None:
    done = plain_pack()["review"] | {"reviewer": "Bo", "qualification": "attorney", "survivor_review": "Chris"}
    assert pack_of(plain_pack(review=done | ({missing: None} if missing else {}))).is_reviewed == (missing is None)


def test_no_pack_and_no_floor_speaks_of_looks_family_or_origin() -> None:
    forbidden = re.compile(
        r"\b(race|ethnic|nationalit|religio|skin|foreign|accent|mother|father|gender|famil)", re.IGNORECASE
    )
    texts = [known.text["en"] for pack in policy.packs().values() for known in pack.rules]
    texts += [str(floor.text) for floors in FLOORS.values() for floor in floors]
    assert [text for text in texts if forbidden.search(text)] == []
    assert set(policy.INPUTS) == {
        "age",
        "source",
        "danger",
        "exploitation_sign",
        "consent_person",
        "consent_reporter",
        "reporter_identity",
    }


def test_the_digest_is_of_the_content_and_not_of_its_writing() -> None:
    pack = plain_pack()
    turned = json.loads(json.dumps(dict(reversed(pack.items())), indent=3))
    assert digest_of(pack) == digest_of(turned) == pack_of(pack).digest
    assert digest_of(plain_pack(title=words("plain"))) != digest_of(pack)


DANGER, MINOR, OTHERWISE = plain_pack()["rules"]
NAMED = {"reporter_identity": ["may_be_named"]}
SENTENCES: list[tuple[str, dict[str, Any], str]] = [
    (
        "an unknown value",
        {"rules": [rule("a", when={"danger": ["maybe"]}), DANGER, MINOR, OTHERWISE]},
        "needs one or more of yes, no",
    ),
    ("no value", {"rules": [rule("a", when={"danger": []}), DANGER, MINOR, OTHERWISE]}, "needs one or more of yes, no"),
    (
        "a value twice",
        {"rules": [DANGER | {"when": {"danger": ["yes", "yes"]}}, MINOR, OTHERWISE]},
        "a value stands twice",
    ),
    (
        "an unknown input",
        {"rules": [rule("a", when={"race": ["any"]}), DANGER, MINOR, OTHERWISE]},
        "the input “race” is not known",
    ),
    (
        "a duty by law",
        {"rules": [rule("a", when={"law": ["report_minor"]}), DANGER, MINOR, OTHERWISE]},
        "stand above every pack",
    ),
    ("an unknown recipient", {"rules": [DANGER | {"recipients": ["press"]}, MINOR, OTHERWISE]}, "recipients"),
    ("an unknown part", {"rules": [DANGER | {"minimum": ["plate"]}, MINOR, OTHERWISE]}, "minimum"),
    ("an unknown outcome", {"rules": [DANGER | {"outcome": "should"}, MINOR, OTHERWISE]}, "outcome"),
    ("a rule id twice", {"rules": [DANGER, MINOR | {"id": "danger"}, OTHERWISE]}, "the rule “danger” stands twice"),
    ("a source twice", {"sources": plain_pack()["sources"] * 2}, "the source “page” stands twice"),
    (
        "an unknown source",
        {"rules": [DANGER | {"sources": ["other"]}, MINOR, OTHERWISE]},
        "names a source that the pack does not list",
    ),
    (
        "published without a source",
        {"rules": [DANGER | {"grounded": "published"}, MINOR, OTHERWISE]},
        "a published rule names a source",
    ),
    ("no catch-all", {"rules": [DANGER, MINOR]}, "the last rule must have no condition"),
    ("no rule", {"rules": []}, "rules"),
    (
        "a rule never reached",
        {"rules": [DANGER, MINOR, rule("a", when=MINOR["when"]), OTHERWISE]},
        "the rule “a” never decides",
    ),
    (
        "a catch-all never reached",
        {"rules": [DANGER, MINOR, rule("a", when={"age": ["adult", "minor", "unknown"]}), OTHERWISE]},
        "the rule “otherwise” never decides",
    ),
    ("danger forbidden", {"rules": [MINOR, OTHERWISE]}, "the rule “otherwise” undercuts the floor “danger-now”"),
    (
        "danger not to 911",
        {"rules": [DANGER | {"recipients": ["services"]}, MINOR, OTHERWISE]},
        "undercuts the floor “danger-now”",
    ),
    (
        "danger without where",
        {"rules": [DANGER | {"minimum": AT_ONCE[1:]}, MINOR, OTHERWISE]},
        "undercuts the floor “danger-now”",
    ),
    ("a minor forbidden", {"rules": [DANGER, OTHERWISE]}, "the rule “otherwise” undercuts the floor “minor-with-sign”"),
    (
        "a minor not to the police",
        {"rules": [DANGER, MINOR | {"recipients": ["emergency"]}, OTHERWISE]},
        "the rule “minor” undercuts the floor “minor-with-sign”",
    ),
    (
        "the reporter where anonymous",
        {"rules": [DANGER | {"minimum": [*AT_ONCE, "reporter"]}, MINOR, OTHERWISE]},
        "the rule “danger” lets the reporter be named",
    ),
    (
        "the reporter where refusing",
        {"rules": [rule("a", "may", when=NAMED, minimum=[*AT_ONCE, "reporter"]), DANGER, MINOR, OTHERWISE]},
        "the rule “a” lets the reporter be named",
    ),
    ("allowed to nobody", {"rules": [DANGER | {"recipients": []}, MINOR, OTHERWISE]}, "“must_not” names no recipient"),
    ("allowed with nothing", {"rules": [DANGER | {"minimum": []}, MINOR, OTHERWISE]}, "“must_not” names no recipient"),
    (
        "forbidden to somebody",
        {"rules": [DANGER, MINOR, OTHERWISE | {"recipients": ["services"], "minimum": ["where"]}]},
        "“must_not” names no",
    ),
    (
        "services as a duty",
        {"rules": [DANGER | {"outcome": "must", "recipients": ["emergency", "services"]}, MINOR, OTHERWISE]},
        "services are offered, never a duty",
    ),
    ("a day that is none", {"version": "2026-02-30"}, "version"),
    ("a day in another form", {"version": "20260131"}, "written as 2026-11-25"),
    ("a language missing", {"title": {"en": "Plain", "fr": "Simple"}}, "title.es"),
    ("a name too many", {"extra": 1}, "extra"),
    ("an invisible character", {"title": words("Pla\u202ein")}, "invisible character"),
    ("another format", {"format": 2}, "format"),
]


def test_the_pack_that_they_start_from_is_taken() -> None:
    assert [known.id for known in pack_of(plain_pack()).rules] == ["danger", "minor", "otherwise"]


@pytest.mark.parametrize(("changes", "sentence"), [row[1:] for row in SENTENCES], ids=[row[0] for row in SENTENCES])
def test_a_pack_is_refused_with_a_sentence(changes: dict[str, Any], sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "plain-2026-01-31.json"
    path.write_text(json.dumps(plain_pack(**changes)))
    with pytest.raises(policy.PackRefusedError) as refused:
        policy.read_pack(path)
    assert sentence in str(refused.value)
    assert str(path) in str(refused.value)


def test_a_pack_that_only_allows_what_a_floor_demands_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    demanding = replace(FLOORS["1"][0], outcome="must")
    monkeypatch.setitem(FLOORS, "1", (demanding,))
    with pytest.raises(policy.PackRefusedError, match="undercuts the floor “danger-now”"):
        pack_of(plain_pack())


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is not JSON"),
        ("[]", "must be a JSON object"),
        ('{"format": NaN}', "is not JSON"),
        ("[" * 100_000, "nested too deeply"),
        (json.dumps(plain_pack())[:-1] + ', "id": "plain"}', "twice"),
        (
            json.dumps(plain_pack()).replace('"when": {}', '"when": {}, "when": {"age": ["adult"]}'),
            "the name “when” stands twice",
        ),
    ],
)
def test_a_file_that_is_no_pack_is_refused_with_a_sentence(text: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "plain-2026-01-31.json").write_text(text)
    with pytest.raises(policy.PackRefusedError) as refused:
        policy.packs(tmp_path)
    assert sentence in str(refused.value)


def test_a_file_under_another_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "plain-2026-02-01.json").write_text(json.dumps(plain_pack()))
    with pytest.raises(policy.PackRefusedError, match="name the file after them"):
        policy.packs(tmp_path)


def test_every_file_of_the_folder_is_read() -> None:
    assert {f"{name}-{version}.json" for name, version in policy.packs()} == {path.name for path in FOLDER.iterdir()}

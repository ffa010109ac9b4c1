"""Photos in sealed chunks: from whoever sent the tip, each chunk once; pictures alone come out; and they go with the content."""

import base64
import json
import os
import secrets
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import Member
from tests.referrals.world import World, as_worker, by, opened
from tests.tips.sealed import SEED_STORY, Sending, sending_to
from tests.tips.test_desk import arrive, at_the_desk, opened_by
from tests.vault.world import Team
from waywatch.lib.actors import acting_as
from waywatch.tips.actions import opening, retention
from waywatch.tips.content import read_content, take_photos
from waywatch.tips.envelope import EnvelopeError, read_chunk
from waywatch.tips.models import Chunk
from waywatch.tips.photos import opened_photos
from waywatch.vault import api as vault

SEALED = "application/octet-stream"
PICTURE = b"\xff\xd8\xff" + os.urandom(100_000)


@dataclass
class Shot:
    """A photo as a phone seals it, from the words of decision 0011."""

    sending: Sending
    jpeg: bytes = PICTURE
    photo_id: uuid.UUID = field(default_factory=uuid.uuid4)
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    @property
    def total(self) -> int:
        return -(-len(self.jpeg) // 65536)

    @property
    def listed(self) -> dict[str, Any]:
        key = vault.to_text(self.key)
        return {"id": str(self.photo_id), "key": key, "size": len(self.jpeg), "chunks": self.total}

    def chunk(self, number: int, *, token: bytes | None = None, total: int | None = None) -> bytes:
        header = b"WWC\x01" + self.sending.tip_id.bytes + self.photo_id.bytes
        header += number.to_bytes(2, "big") + (total or self.total).to_bytes(2, "big")
        part = self.jpeg[number * 65536 : (number + 1) * 65536].ljust(65536, b"\0")
        return (
            header
            + (token or self.sending.token)
            + vault.lock(self.key, part, bound_to=b"waywatch photo v1\0" + header)
        )

    def put(self, number: int, raw: bytes | None = None) -> Any:
        address = f"/notice/photos/{self.sending.tip_id}/{self.photo_id}/{number}"
        return Client().put(address, raw or self.chunk(number), content_type=SEALED)


def tip_with(sending: Sending, *shots: Shot) -> Sending:
    content = {"version": 1, "observation": SEED_STORY, "photos": [shot.listed for shot in shots]}
    arrive(sending, sending.raw(json.dumps(content).encode()))
    return sending


@pytest.fixture
def shot(team: Team) -> Shot:
    """A photo of two chunks, whose tip has arrived."""
    found = Shot(sending_to(team.keyring))
    tip_with(found.sending, found)
    return found


def seen(team: Team, shot: Shot) -> list[bytes | None]:
    """What an advocate sees: the pictures, None for one that is not complete."""
    again = opened_by(team.first, shot.sending.tip_id)
    with acting_as(team.first.actor):
        return [photo.jpeg if photo.is_complete else None for photo in opened_photos(again.tip, again.content.photos)]


@pytest.mark.django_db
def test_a_photo_comes_out_as_it_went_in(team: Team, shot: Shot) -> None:
    assert shot.put(1).status_code == 201
    assert seen(team, shot) == [None]
    first = shot.chunk(0)
    assert [shot.put(0, first).status_code for _ in range(2)] == [201, 200]
    assert shot.put(0).status_code == 409
    assert seen(team, shot) == [PICTURE]
    assert opened_by(team.first, shot.sending.tip_id).content.odd == ""


@pytest.mark.django_db
def test_only_who_sent_the_tip_adds_to_it(team: Team, shot: Shot) -> None:
    other = Shot(sending_to(team.keyring))
    refused = [
        shot.put(0, shot.chunk(0, token=secrets.token_bytes(32))),
        other.put(0),
        shot.put(1, shot.chunk(0)),
        shot.put(0, shot.chunk(0)[:-1]),
        shot.put(0, shot.chunk(0, total=13)),
        shot.put(2, shot.chunk(2, total=2)),
        shot.put(0, b"\xff\xd8\xff"),
    ]
    assert [answer.status_code for answer in refused] == [422] * 7
    with acting_as(team.first.actor):
        assert Chunk.objects.count() == 0


@pytest.mark.django_db
def test_there_is_an_end_to_what_one_tip_takes(team: Team, shot: Shot) -> None:
    whole = Shot(shot.sending, jpeg=PICTURE.ljust(12 * 65536, b"\0"))
    for _ in range(4):
        each = Shot(shot.sending, jpeg=whole.jpeg)
        assert {each.put(number).status_code for number in range(12)} == {201}
    assert shot.put(0).status_code == 422


@pytest.mark.django_db
def test_a_finished_tip_takes_no_photo(team: Team, shot: Shot) -> None:
    again = opened_by(team.first, shot.sending.tip_id)
    with acting_as(team.first.actor):
        opening.finish(team.first.actor, opened=again, text="{}")
    assert shot.put(0).status_code == 422


@pytest.mark.django_db
@pytest.mark.parametrize("content", [b"<html><script>alert(1)</script>", b"%PDF-1.7", b"GIF89a"])
def test_what_is_no_picture_is_not_shown(team: Team, content: bytes) -> None:
    shot = Shot(sending_to(team.keyring), jpeg=content)
    tip_with(shot.sending, shot)
    shot.put(0)
    assert seen(team, shot) == [b""]
    page = at_the_desk(team.first).get(f"/desk/tips/{shot.sending.tip_id}/photos/").content
    assert b"It does not open" in page
    assert base64.b64encode(content) not in page


@pytest.mark.django_db
def test_a_changed_or_exchanged_chunk_is_not_shown(team: Team) -> None:
    shot = Shot(sending_to(team.keyring))
    other = Shot(shot.sending, key=shot.key)  # the same key, another photo
    tip_with(shot.sending, shot)
    raw = bytearray(shot.chunk(0))
    raw[-1] ^= 1
    shot.put(0, bytes(raw))
    shot.put(1)
    assert seen(team, shot) == [b""]
    exchanged, place = read_chunk(other.chunk(0)).locked, read_chunk(shot.chunk(0)).bound_to
    with pytest.raises(vault.SealError):
        vault.unlock(shot.key, exchanged, bound_to=place)


@pytest.mark.django_db
def test_the_page_shows_them_on_purpose_only(team: Team, shot: Shot) -> None:
    shot.put(0)
    shot.put(1)
    browser = at_the_desk(team.first)
    address = f"/desk/tips/{shot.sending.tip_id}"
    page = browser.get(f"{address}/read/").content
    assert b"1 photo came with it" in page
    assert b"data:image/jpeg" not in page
    assert base64.b64encode(PICTURE) in browser.get(f"{address}/photos/").content
    asked = at_the_desk(team.second).get(f"{address}/photos/").content
    assert b"This tip is not yours" in asked
    answer = team.second.client.post(f"{address}/photos/", {"reason": "covering"})
    assert base64.b64encode(PICTURE) in answer.content


@pytest.mark.django_db
def test_strangers_see_no_photo(team: Team, shot: Shot, outsider: Member, administrator: Member) -> None:
    shot.put(0)
    for person in (outsider, administrator):
        assert person.client.get(f"/desk/tips/{shot.sending.tip_id}/photos/").status_code in {302, 404}
        with acting_as(person.actor):
            assert Chunk.objects.count() == 0


@pytest.mark.django_db
def test_nothing_that_is_kept_of_a_photo_shows_it(team: Team, shot: Shot) -> None:
    shot.put(0)
    opened_by(team.first, shot.sending.tip_id)
    with acting_as(team.first.actor):
        kept = b"".join(bytes(row.body) for row in Chunk.objects.all())
    assert PICTURE[:64] not in kept
    assert shot.key not in kept


def test_with_the_content_its_photos_go(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any
) -> None:
    settings.TOMBSTONES = str(tmp_path / "tombstones")
    shot = Shot(sending_to(world.desk))
    tip_with(shot.sending, shot)
    assert shot.put(0).status_code == 201
    again = opened(world, shot.sending.tip_id)
    with by(world.advocate):
        opening.finish(world.advocate.actor, opened=again, text="{}")
    assert as_worker(world, monkeypatch, retention.erase_due, days=400) == 1
    with by(world.advocate):
        assert Chunk.objects.count() == 0


GOOD = {"id": str(uuid.uuid4()), "key": vault.to_text(bytes(32)), "size": 70_000, "chunks": 2}


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "x"},
        {"key": "AAAA"},
        {"key": None},
        {"size": 65_536},
        {"size": 131_073},
        {"size": "many"},
        {"chunks": 0},
        {"chunks": 13},
        {"chunks": float("inf")},
    ],
)
def test_what_is_listed_wrongly_is_shown_as_odd_and_not_looked_for(wrong: dict[str, Any]) -> None:
    said = json.dumps({"version": 1, "observation": {}, "photos": [GOOD, GOOD | wrong]}).encode()
    content = read_content(said)
    assert [str(photo.id) for photo in content.photos] == [GOOD["id"]]
    assert content.odd != ""
    assert repr(bytes(32)) not in repr(content.photos)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*GOOD, "x"]), inner),
    )
)
def test_whatever_is_listed_is_photos_or_the_rest(said: Any) -> None:
    photos, rest = take_photos(said)
    assert len(photos) <= 4
    assert photos or said in (rest, [])


@given(st.binary(max_size=300))
def test_any_bytes_are_a_chunk_or_say_which_part_is_wrong(raw: bytes) -> None:
    with pytest.raises(EnvelopeError, match=r"^no envelope: "):
        read_chunk(raw)

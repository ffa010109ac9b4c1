"""One at a time, one winner, nobody forgotten: the clocks of a referral, as the worker itself runs them."""

import pytest

from tests.referrals.world import World, as_worker, chain_of, referred, turn_of


def test_x(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row = referred(world)
    assert chain_of(world, row) == ["waits", "waits", "waits"]
    assert as_worker(world, monkeypatch) == 1
    assert chain_of(world, row) == ["turn", "waits", "waits"]
    assert turn_of(world.officer, row)
    assert turn_of(world.trooper, row) is None
    assert as_worker(world, monkeypatch, minutes=16) == 1
    assert chain_of(world, row) == ["late", "turn", "waits"]

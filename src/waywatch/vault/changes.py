"""What a list changes, in lines that a person can read out. "MIND" stands where the list and this server do not agree."""

from collections.abc import Sequence

from waywatch.policy import api as policy
from waywatch.vault import queries, receipts, root, words
from waywatch.vault.documents import AgencyEntry, DeskEntry, DeskList, PolicyEntry, ReferralList

OTHER_KEY = "MIND: this is not the key that this database has in use"


def desk_changes(before: DeskList | None, after: DeskList) -> list[str]:
    """Return what changes for phones."""
    old = {desk.keyring: desk for desk in before.desks} if before else {}
    new = {desk.keyring: desk for desk in after.desks}
    lines = [f"{each.name}: desk removed" for keyring, each in old.items() if keyring not in new]
    ours = {key.keyring_id: root.to_text(key.public) for key in queries.desk_keys()}
    for keyring, desk in new.items():
        lines += _of_desk(old.get(keyring), desk)
        lines += [f"{desk.name}: {OTHER_KEY}"] if ours.get(keyring) != desk.key else []
    return [*lines, *_shared_keys(before, after)]


def referral_changes(before: ReferralList | None, after: ReferralList) -> list[str]:
    """Return what changes for desks: agencies and policies."""
    old = {agency.keyring: agency for agency in before.agencies} if before else {}
    new = {agency.keyring: agency for agency in after.agencies}
    lines = [f"{each.name}: agency removed; it is called" for keyring, each in old.items() if keyring not in new]
    ours = {key.keyring_id: root.to_text(key.public) for key in queries.agency_keys()}
    for keyring, agency in new.items():
        lines += _of_agency(old.get(keyring), agency)
        lines += [f"{agency.name}: {OTHER_KEY}"] if ours.get(keyring) != agency.key else []
    return [*lines, *_policy_changes(before.policies if before else (), after.policies)]


def policy_words(entry: PolicyEntry) -> str:
    """Return a policy in one line: with eight words of its content, and what the copy on this machine says to it."""
    known = policy.packs().get((entry.pack, entry.version))
    said = f"policy {entry.pack} of {entry.version}: {words.fingerprint(bytes.fromhex(entry.digest))}"
    if known is None or known.digest != entry.digest:
        return f"{said}; MIND: this machine has no such policy, or one with another content"
    return said if known.is_reviewed else f"{said}; MIND: nobody has reviewed it, so production refuses to work by it"


def _of_desk(old: DeskEntry | None, new: DeskEntry) -> list[str]:
    if old is None:
        return [f"{new.name}: desk added, key {new.key_version}, {_words(new.key)}, serves {', '.join(new.regions)}"]
    lines = _new_key(old, new)
    if old.escrow != new.escrow:
        lines.append(
            f"{new.name}: a copy of its key {'is' if new.escrow else 'is no longer'} kept in escrow, and phones say so"
        )
    gained, lost = set(new.regions) - set(old.regions), set(old.regions) - set(new.regions)
    lines += [f"{new.name}: serves {', '.join(sorted(gained))} from now on"] if gained else []
    lines += [f"{new.name}: serves {', '.join(sorted(lost))} no longer"] if lost else []
    return [*lines, *_new_name(old, new)]


def _of_agency(old: AgencyEntry | None, new: AgencyEntry) -> list[str]:
    if old is None:
        return [f"{new.name}: agency added, key {new.key_version}, {_words(new.key)}, in {new.home}"]
    moved = [f"{new.name}: is in {new.home} from now on"] if old.home != new.home else []
    return [*_new_key(old, new), *moved, *_new_name(old, new)]


def _new_key(old: DeskEntry | AgencyEntry, new: DeskEntry | AgencyEntry) -> list[str]:
    if old.key == new.key:
        return []
    return [f"{new.name}: key {old.key_version} becomes key {new.key_version}, {_words(new.key)}"]


def _new_name(old: DeskEntry | AgencyEntry, new: DeskEntry | AgencyEntry) -> list[str]:
    return [f"{old.name}: is named {new.name}"] if old.name != new.name else []


def _policy_changes(before: Sequence[PolicyEntry], after: Sequence[PolicyEntry]) -> list[str]:
    gone = [f"policy {each.pack} of {each.version}: removed" for each in before if each not in after]
    return gone + [policy_words(each) for each in after if each not in before]


def _shared_keys(before: DeskList | None, after: DeskList) -> list[str]:
    lines = []
    if after.escrow_key != (before.escrow_key if before else None):
        lines.append(f"escrow key: {_words(after.escrow_key) if after.escrow_key else 'none'}")
    if before is None or before.receipt_key != after.receipt_key:
        lines.append(f"receipt key: {_words(after.receipt_key)}")
    if after.receipt_key != root.to_text(receipts.receipt_public_key()):
        lines.append(
            "receipt key: MIND: this is not the one of this server's SECRET_KEY; phones would refuse its receipts"
        )
    return lines


def _words(key: str) -> str:
    return words.fingerprint(root.from_text(key))

"""The application's own secret key. In production it comes from the environment; the embedded kinds make and keep one."""

import os
import secrets
from pathlib import Path


def ensure_secret_key(data_dir: Path) -> None:
    """Put SECRET_KEY into the environment: the one given there, else the one kept in `data_dir`, made at first use (0600)."""
    if os.environ.get("SECRET_KEY") or os.environ.get("SECRET_KEY_FILE"):
        return
    file = data_dir / "secret-key"
    if not file.exists():
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make(file)
    os.environ["SECRET_KEY_FILE"] = str(file)


def _make(file: Path) -> None:
    """Write a new key. It appears whole or not at all, and of two that start at once the first wins."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
        opened.write(secrets.token_urlsafe(50))
    try:
        file.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()

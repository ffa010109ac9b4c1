"""The application's own secret key. In production it comes from the environment; the embedded kinds make and keep one."""

import os
import secrets
from pathlib import Path


def ensure_secret_key(data_dir: Path) -> None:
    """Put SECRET_KEY into the environment: the one given there, else the one kept in `data_dir`, made at first use (0600)."""
    if os.environ.get("SECRET_KEY") or os.environ.get("SECRET_KEY_FILE"):
        return
    file = data_dir / "secret-key"
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(descriptor, "w") as opened:
            opened.write(secrets.token_urlsafe(50))
    os.environ["SECRET_KEY_FILE"] = str(file)

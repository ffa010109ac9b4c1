"""Writes docs/reference/policy-table.md from the shipped packs."""

import os
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "policy-table.md"


def main() -> None:
    os.environ.setdefault("WAYWATCH_MODE", "test")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "waywatch.project.settings")
    from waywatch.policy import api as policy  # noqa: PLC0415 - settings are read here

    PAGE.write_text(policy.as_markdown(policy.newest(policy.packs()).values()), encoding="utf-8")
    print(f"{PAGE} written")


if __name__ == "__main__":
    main()

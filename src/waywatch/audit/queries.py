"""Reads of the log for pages, through a function of the database: the web role cannot read the table itself."""

import json
from typing import Any

from django.db import connection

MOST_LINES = 500


def history_rows(kind: str, subject_id: str, *, limit: int, before: int | None) -> list[dict[str, Any]]:
    """Return at most `limit` entries about one thing, newest first, older than position `before`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT at, actor, account_id, action, detail, position FROM audit_history(%s, %s, %s, %s)",
            [kind, subject_id, min(limit, MOST_LINES), before],
        )
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
    return [row | {"detail": json.loads(row["detail"])} for row in rows]

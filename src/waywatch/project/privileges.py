"""Tables of Django and of libraries, and the one function that gives every table's privileges to the running roles."""

from importlib import import_module

from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

from waywatch.lib.privileges import READ, WRITE, Privileges

TABLES: dict[str, Privileges] = {
    "django_migrations": Privileges(web=READ, worker=READ),
    "django_content_type": Privileges(web=READ, worker=READ),
    "django_session": Privileges(web=WRITE, worker="SELECT (session_key, expire_date), DELETE"),
    "auth_permission": Privileges(web=READ),
    "auth_group": Privileges(),
    "auth_group_permissions": Privileges(),
    "account_emailaddress": Privileges(web=WRITE),
    "account_emailconfirmation": Privileges(web=WRITE),
    "mfa_authenticator": Privileges(web=WRITE),
    "usersessions_usersession": Privileges(web=WRITE, worker="SELECT (session_key), DELETE"),
    "project_cache": Privileges(web=WRITE, worker="SELECT (expires), DELETE"),
    "procrastinate_jobs": Privileges(web=WRITE, worker=WRITE),
    "procrastinate_events": Privileges(web=WRITE, worker=WRITE),
    "procrastinate_periodic_defers": Privileges(web=WRITE, worker=WRITE),
    "procrastinate_workers": Privileges(web=WRITE, worker=WRITE),
}


def all_tables() -> dict[str, Privileges]:
    """Return the privileges that every room declares, by table name."""
    tables: dict[str, Privileges] = {}
    for room in settings.ROOMS:
        tables.update(import_module(f"{room}.privileges").TABLES)
    return tables


def apply_privileges() -> None:
    """Revoke everything from the running roles, then grant what is declared. Run as the owner, after migrations."""
    with transaction.atomic(), connection.cursor() as cursor:
        for role in ("waywatch_web", "waywatch_worker"):
            who = sql.Identifier(role)
            cursor.execute(sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(who))
            cursor.execute(sql.SQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {}").format(who))
            for table, privileges in all_tables().items():
                granted = privileges.web if role == "waywatch_web" else privileges.worker
                if granted:
                    statement = sql.SQL("GRANT {} ON {} TO {}")
                    cursor.execute(statement.format(sql.SQL(granted), sql.Identifier(table), who))

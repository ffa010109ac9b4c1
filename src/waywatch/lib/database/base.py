"""The engine: Django loads `DatabaseWrapper` from here by name."""

from django.db.backends.postgresql.base import DatabaseWrapper as PostgresWrapper

from waywatch.lib.actors import SETTING, current_actor, setting_of


class DatabaseWrapper(PostgresWrapper):
    """PostgreSQL, with the actor set for the length of each transaction (the third argument of `set_config`)."""

    def _set_autocommit(self, autocommit: bool) -> None:
        super()._set_autocommit(autocommit)  # type: ignore[misc]  # the stubs leave this hook of Django out
        if not autocommit and self.connection is not None:
            self.connection.execute("SELECT set_config(%s, %s, true)", (SETTING, setting_of(current_actor())))

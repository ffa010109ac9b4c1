"""The settings files of the embedded server, written anew at every start."""

from __future__ import annotations

from dataclasses import dataclass

INCLUDE = "include_if_exists = 'waywatch.conf'"
_ALTER_SYSTEM_SWITCH_SINCE = 17


@dataclass(frozen=True)
class Listening:
    """Where the server listens: a folder for its socket, or 127.0.0.1."""

    host: str
    port: int

    @property
    def on_socket(self) -> bool:
        """Whether it is a Unix socket."""
        return self.host.startswith("/")


def server_settings(listening: Listening, major: int) -> str:
    """Write the text of `waywatch.conf`.

    Nothing that a person typed may reach the log: no statements, values or details.
    """
    sockets = listening.host if listening.on_socket else ""
    values = {
        "listen_addresses": "" if listening.on_socket else listening.host,
        "port": str(listening.port),
        "unix_socket_directories": _socket_list(sockets),
        "unix_socket_permissions": "0700",
        "password_encryption": "scram-sha-256",
        "max_connections": "100",
        "shared_buffers": "128MB",
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",
        "logging_collector": "off",
        "log_destination": "stderr",
        "log_line_prefix": "%m [%p] ",
        "log_min_messages": "log",
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
        "log_statement": "none",
        "log_min_duration_statement": "-1",
        "log_min_duration_sample": "-1",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "log_lock_waits": "off",
        "log_temp_files": "-1",
        "log_autovacuum_min_duration": "-1",
        "log_checkpoints": "off",
    }
    if major >= _ALTER_SYSTEM_SWITCH_SINCE:
        values["allow_alter_system"] = "off"
    lines = [f"{name} = {_quoted(value)}" for name, value in values.items()]
    return "\n".join(["# Written by Waywatch at every start: changes are lost.", *lines, ""])


def access_rules(listening: Listening) -> str:
    """Write the text of `pg_hba.conf`: a password, checked by SCRAM, on every way in. No trust, no peer."""
    rule = "local all all scram-sha-256" if listening.on_socket else "host all all 127.0.0.1/32 scram-sha-256"
    return f"# Written by Waywatch at every start: changes are lost.\n{rule}\n"


def _socket_list(folder: str) -> str:
    """PostgreSQL reads a list of names here; double quotes keep commas and spaces inside one name."""
    return '"{}"'.format(folder.replace('"', '""')) if folder else ""


def _quoted(value: str) -> str:
    return "'{}'".format(value.replace("\\", "\\\\").replace("'", "''"))

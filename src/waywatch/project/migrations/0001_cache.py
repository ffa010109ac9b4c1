"""The cache that all web processes share, in a table that is never written to the log of changes: its loss costs nothing."""

from django.db import migrations

CREATE = """
CREATE UNLOGGED TABLE project_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX project_cache_expires ON project_cache (expires);
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.RunSQL(CREATE, "DROP TABLE project_cache")]

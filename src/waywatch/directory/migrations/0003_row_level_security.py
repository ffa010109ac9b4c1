"""Who sees and who changes which row, held by PostgreSQL whatever a query asks for.

The web role reads an organisation if a grant of the actor reaches its home or a region it serves, a national one if a grant reaches any
region at all, and a training manager the one they look after. All else hangs on the organisation. Each reach is asked for in a subquery
of its own, so that PostgreSQL works it out once a statement and not once a row. The owner sees rows only while the system acts (a
loader); the worker has no policy: nothing.
"""

from django.db import migrations

OWN_ORGANISATIONS = """
CREATE FUNCTION public.directory_own_organisations() RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    actor text := coalesce(current_setting('waywatch.actor', true), '');
BEGIN
    IF actor !~ '^account:[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$' THEN
        RETURN '{}'::uuid[];
    END IF;
    RETURN (
        SELECT coalesce(array_agg(DISTINCT g.organisation_id), '{}'::uuid[])
        FROM public.accounts_grant g
        JOIN public.accounts_account a ON a.id = g.account_id AND a.is_active
        WHERE g.account_id = substr(actor, 9)::uuid
          AND g.role = 'training_manager'
          AND g.organisation_id IS NOT NULL
          AND g.revoked_at IS NULL
          AND g.valid_from <= statement_timestamp()
          AND (g.valid_until IS NULL OR g.valid_until > statement_timestamp())
          AND EXISTS (
              SELECT FROM public.mfa_authenticator m
              WHERE m.user_id = g.account_id AND m.type IN ('totp', 'webauthn')
          )
    );
END
$$;
REVOKE ALL ON FUNCTION public.directory_own_organisations() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.directory_own_organisations() TO waywatch_web;
"""

REACH = "((SELECT accounts_reach_regions(ARRAY['coordinator', 'co_host']))::text[])"
OWN = "((SELECT directory_own_organisations())::uuid[])"

READ_ORGANISATION = f"""'*' = ANY {REACH} OR reach_regions && {REACH}
    OR (region_id IS NULL AND cardinality({REACH}) > 0) OR id = ANY {OWN}"""
WRITE_ORGANISATION = f"'*' = ANY {REACH} OR region_id = ANY {REACH}"
# People are looked after by whoever looks after a region the organisation works in; its own facts by its home.
REACHED = f"('*' = ANY {REACH} OR o.reach_regions && {REACH})"
AT_HOME = f"('*' = ANY {REACH} OR o.region_id = ANY {REACH})"

OF_ORGANISATION = "EXISTS (SELECT 1 FROM directory_organisation o WHERE o.id = organisation_id AND {0})"
OF_POST = (
    "EXISTS (SELECT 1 FROM directory_post p JOIN directory_organisation o ON o.id = p.organisation_id"
    " WHERE p.id = post_id AND {0})"
)
OF_PERSON = (
    "EXISTS (SELECT 1 FROM directory_post p JOIN directory_organisation o ON o.id = p.organisation_id"
    " WHERE p.person_id = directory_person.id AND {0})"
)
SEEN, KEPT = OF_ORGANISATION.format("true"), OF_ORGANISATION.format(REACHED)
SEEN_EITHER = f"{SEEN} OR {OF_POST.format('true')}"
KEPT_EITHER = f"{KEPT} OR {OF_POST.format(REACHED)}"

# table: (who may read, add, change)
POLICIES = {
    "directory_organisation": (READ_ORGANISATION, WRITE_ORGANISATION, WRITE_ORGANISATION),
    "directory_servedjurisdiction": (SEEN, OF_ORGANISATION.format(AT_HOME), OF_ORGANISATION.format(AT_HOME)),
    "directory_post": (SEEN, KEPT, KEPT),
    "directory_contactpoint": (SEEN_EITHER, KEPT_EITHER, KEPT_EITHER),
    # A person comes in one transaction with a first post, and is unseen until that post stands.
    "directory_person": (OF_PERSON.format("true"), f"cardinality({REACH}) > 0", OF_PERSON.format(REACHED)),
}
SYSTEM = "current_setting('waywatch.actor', true) LIKE 'system:_%'"


def guard(table: str, read: str, add: str, change: str) -> str:
    return f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY web_reads ON {table} FOR SELECT TO waywatch_web USING ({read});
        CREATE POLICY web_adds ON {table} FOR INSERT TO waywatch_web WITH CHECK ({add});
        CREATE POLICY web_changes ON {table} FOR UPDATE TO waywatch_web USING ({change}) WITH CHECK ({change});
        CREATE POLICY web_removes ON {table} FOR DELETE TO waywatch_web USING ({change});
        CREATE POLICY system_keeps ON {table} TO waywatch_owner USING ({SYSTEM}) WITH CHECK ({SYSTEM});
    """


def unguard(table: str) -> str:
    policies = ("web_reads", "web_adds", "web_changes", "web_removes", "system_keeps")
    drops = "".join(f"DROP POLICY {policy} ON {table};" for policy in policies)
    return f"{drops} ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"


class Migration(migrations.Migration):
    dependencies = [("directory", "0002_sectors"), ("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE directory_organisation ADD CONSTRAINT directory_organisation_reach_has_home"
            " CHECK (region_id IS NULL OR region_id = ANY (reach_regions))",
            "ALTER TABLE directory_organisation DROP CONSTRAINT directory_organisation_reach_has_home",
        ),
        migrations.RunSQL(OWN_ORGANISATIONS, "DROP FUNCTION public.directory_own_organisations()"),
        *(migrations.RunSQL(guard(table, *who), unguard(table)) for table, who in POLICIES.items()),
    ]

"""Who sees and who changes which row, held by PostgreSQL whatever a query asks for.

A member sees the rows of the own keyrings as long as the role that belongs there holds; a person's wraps are seen by that person's account
alone. An administrator sees which keyrings there are, their versions and who is in them: no wrap, no share. A hotline's people see the
agencies' public keys, to seal to them. What everybody may know (the public keys of desks) is given by a function; others
name whom of a team to write to, and tell the clocks whether an officer of an agency can open a version now. The owner sees rows only while the system acts, except for the three tables that these functions read; the worker has no policy: nothing.
"""

from django.db import migrations

MY_KEYRINGS = """
CREATE FUNCTION public.vault_my_keyrings(only_kept boolean) RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    actor text := coalesce(current_setting('waywatch.actor', true), '');
    desk text[];
    agency text[];
BEGIN
    IF actor !~ '^account:[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$' THEN
        RETURN '{}'::uuid[];
    END IF;
    desk := accounts_reach_regions(ARRAY['advocate', 'supervisor']);
    agency := accounts_reach_regions(ARRAY['officer']);
    RETURN (
        SELECT coalesce(array_agg(m.keyring_id), '{}'::uuid[])
        FROM public.vault_membership m
        JOIN public.vault_keyring k ON k.id = m.keyring_id
        WHERE m.account_id = substr(actor, 9)::uuid
          AND m.left_at IS NULL
          AND (m.is_keeper OR NOT only_kept)
          AND (
              (k.kind = 'desk' AND ('*' = ANY (desk) OR k.home_id = ANY (desk) OR k.regions && desk))
              OR (k.kind = 'agency' AND ('*' = ANY (agency) OR k.home_id = ANY (agency)))
          )
    );
END
$$;
REVOKE ALL ON FUNCTION public.vault_my_keyrings(boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.vault_my_keyrings(boolean) TO waywatch_web;
"""
PUBLIC_KEYS = """
CREATE FUNCTION public.vault_desk_keys()
    RETURNS TABLE (keyring_id uuid, name text, number integer, public_key bytea, regions text[])
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT k.id, k.name::text, v.number, v.public_key, k.regions
    FROM public.vault_keyring k
    JOIN public.vault_keyversion v ON v.keyring_id = k.id AND v.retired_at IS NULL
    WHERE k.kind = 'desk'
    ORDER BY k.name, k.id
$$;
REVOKE ALL ON FUNCTION public.vault_desk_keys() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.vault_desk_keys() TO waywatch_web;
"""
TEAM = """
CREATE FUNCTION public.vault_team_emails(ring uuid, role_names text[]) RETURNS text[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT coalesce(array_agg(a.email::text ORDER BY a.email), '{}'::text[])
    FROM public.vault_membership m
    JOIN public.accounts_account a ON a.id = m.account_id AND a.is_active
    WHERE m.keyring_id = ring AND m.left_at IS NULL AND EXISTS (
        SELECT FROM public.accounts_grant g
        WHERE g.account_id = a.id AND g.role = ANY (role_names) AND g.revoked_at IS NULL
          AND g.valid_from <= statement_timestamp()
          AND (g.valid_until IS NULL OR g.valid_until > statement_timestamp())
    )
$$;
CREATE FUNCTION public.vault_can_receive(ring uuid, ring_version integer) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT EXISTS (
        SELECT FROM public.vault_keyversion v
        JOIN public.vault_share s ON s.version_id = v.id AND s.revoked_at IS NULL
        JOIN public.vault_memberkey k ON k.id = s.member_key_id AND k.retired_at IS NULL
        JOIN public.vault_membership m
            ON m.keyring_id = v.keyring_id AND m.account_id = k.account_id AND m.left_at IS NULL
        JOIN public.accounts_account a ON a.id = k.account_id AND a.is_active
        JOIN public.vault_keyring r ON r.id = v.keyring_id AND r.kind = 'agency'
        JOIN public.accounts_grant g ON g.account_id = a.id AND g.role = 'officer' AND g.revoked_at IS NULL
            AND g.valid_from <= statement_timestamp()
            AND (g.valid_until IS NULL OR g.valid_until > statement_timestamp())
            AND (g.region_id IS NULL OR g.region_id = r.home_id)
        JOIN public.mfa_authenticator f ON f.user_id = a.id AND f.type IN ('totp', 'webauthn')
        WHERE v.keyring_id = ring AND v.number = ring_version AND v.destroyed_at IS NULL
    )
$$;
REVOKE ALL ON FUNCTION public.vault_can_receive(uuid, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.vault_can_receive(uuid, integer) TO waywatch_worker;
REVOKE ALL ON FUNCTION public.vault_team_emails(uuid, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.vault_team_emails(uuid, text[]) TO waywatch_web, waywatch_worker;
"""
LENGTHS = """
ALTER TABLE vault_keyversion ADD CONSTRAINT vault_key_version_is_a_point CHECK (octet_length(public_key) = 65);
ALTER TABLE vault_memberkey ADD CONSTRAINT vault_member_key_is_a_point CHECK (octet_length(public_key) = 65);
ALTER TABLE vault_rootkey ADD CONSTRAINT vault_root_key_is_a_point CHECK (octet_length(public_key) = 65);
ALTER TABLE vault_signedlist ADD CONSTRAINT vault_signed_list_is_signed CHECK (
    octet_length(signature) = 64 AND octet_length(referrals_signature) = 64
);
"""
NO_LENGTHS = """
ALTER TABLE vault_keyversion DROP CONSTRAINT vault_key_version_is_a_point;
ALTER TABLE vault_memberkey DROP CONSTRAINT vault_member_key_is_a_point;
ALTER TABLE vault_rootkey DROP CONSTRAINT vault_root_key_is_a_point;
ALTER TABLE vault_signedlist DROP CONSTRAINT vault_signed_list_is_signed;
"""

MY = "ANY ((SELECT vault_my_keyrings(false))::uuid[])"
KEPT = "ANY ((SELECT vault_my_keyrings(true))::uuid[])"
IN_ANY = "cardinality((SELECT vault_my_keyrings(false))::uuid[]) > 0"
ADMINISTERS = "cardinality((SELECT accounts_reach_regions(ARRAY['administrator']))::text[]) > 0"
AT_A_DESK = "cardinality((SELECT accounts_reach_regions(ARRAY['advocate', 'supervisor']))::text[]) > 0"
OWN = "('account:' || {0}::text) = current_setting('waywatch.actor', true)"
OWN_ACCOUNT, OWN_REQUEST = OWN.format("account_id"), OWN.format("asked_by_id")
OF_OWN_KEY = "EXISTS (SELECT 1 FROM vault_memberkey k WHERE k.id = member_key_id AND {0})"
OF_VERSION = "EXISTS (SELECT 1 FROM vault_keyversion v WHERE v.id = version_id AND v.keyring_id = {0})"
OWN_WRAP, OF_MINE = OF_OWN_KEY.format(OWN.format("k.account_id")), OF_VERSION.format(MY)
SEEN_KEYRING = "EXISTS (SELECT 1 FROM vault_keyring k WHERE k.id = keyring_id)"
# An administrator names the founders of a keyring that has no key yet, and nobody afterwards.
NO_KEY_YET = "NOT EXISTS (SELECT 1 FROM vault_keyversion v WHERE v.keyring_id = vault_membership.keyring_id)"

# table: (who may read, add, change and remove)
POLICIES = {
    "vault_keyring": (
        f"id = {MY} OR {ADMINISTERS} OR (kind = 'agency' AND {AT_A_DESK})",
        ADMINISTERS,
        f"id = {MY} OR {ADMINISTERS}",
    ),
    "vault_keyversion": (SEEN_KEYRING, f"keyring_id = {MY}", f"keyring_id = {MY}"),
    "vault_memberkey": (f"{OWN_ACCOUNT} OR {IN_ANY} OR {ADMINISTERS}", OWN_ACCOUNT, OWN_ACCOUNT),
    "vault_wrap": (OWN_WRAP, OWN_WRAP, OWN_WRAP),
    "vault_share": (OF_MINE, OF_MINE, OF_MINE),
    "vault_escrowcopy": (OF_MINE, OF_MINE, OF_MINE),
    "vault_membership": (
        f"keyring_id = {MY} OR {OWN_ACCOUNT} OR {ADMINISTERS}",
        f"keyring_id = {KEPT} OR ({ADMINISTERS} AND {NO_KEY_YET})",
        f"keyring_id = {MY}",
    ),
    "vault_request": (f"keyring_id = {MY}", f"keyring_id = {MY} AND {OWN_REQUEST}", f"keyring_id = {MY}"),
}
READ_BY_FUNCTIONS = ("vault_keyring", "vault_keyversion", "vault_membership")
SYSTEM = "current_setting('waywatch.actor', true) LIKE 'system:_%'"


def guard(table: str, read: str, add: str, change: str) -> str:
    statements = f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY web_reads ON {table} FOR SELECT TO waywatch_web USING ({read});
        CREATE POLICY web_adds ON {table} FOR INSERT TO waywatch_web WITH CHECK ({add});
        CREATE POLICY web_changes ON {table} FOR UPDATE TO waywatch_web USING ({change}) WITH CHECK ({change});
        CREATE POLICY web_removes ON {table} FOR DELETE TO waywatch_web USING ({change});
        CREATE POLICY system_keeps ON {table} TO waywatch_owner USING ({SYSTEM}) WITH CHECK ({SYSTEM});
    """
    if table in READ_BY_FUNCTIONS:
        statements += f"CREATE POLICY functions_read ON {table} FOR SELECT TO waywatch_owner USING (true);"
    return statements


def unguard(table: str) -> str:
    policies = ["web_reads", "web_adds", "web_changes", "web_removes", "system_keeps"]
    if table in READ_BY_FUNCTIONS:
        policies.append("functions_read")
    drops = "".join(f"DROP POLICY {policy} ON {table};" for policy in policies)
    return f"{drops} ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"


class Migration(migrations.Migration):
    dependencies = [("vault", "0001_initial"), ("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(LENGTHS, NO_LENGTHS),
        migrations.RunSQL(MY_KEYRINGS, "DROP FUNCTION public.vault_my_keyrings(boolean)"),
        migrations.RunSQL(
            PUBLIC_KEYS,
            "DROP FUNCTION public.vault_desk_keys()",
        ),
        migrations.RunSQL(
            TEAM,
            "DROP FUNCTION public.vault_team_emails(uuid, text[]); DROP FUNCTION public.vault_can_receive(uuid, integer)",
        ),
        *(migrations.RunSQL(guard(table, *who), unguard(table)) for table, who in POLICIES.items()),
    ]

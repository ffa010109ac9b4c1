"""The function that row-level security policies of other rooms ask: in which regions may the one who acts be in these roles?"""

from django.db import migrations

CREATE = """
CREATE FUNCTION public.accounts_reach_regions(role_names text[]) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    actor text := coalesce(current_setting('waywatch.actor', true), '');
    holder uuid;
BEGIN
    -- The web role never acts as the system: whoever injects SQL there must not be able to say that he is.
    IF actor LIKE 'system:_%' THEN
        RETURN CASE WHEN session_user = 'waywatch_web' THEN '{}'::text[] ELSE '{*}'::text[] END;
    END IF;
    IF actor !~ '^account:[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$' THEN
        RETURN '{}'::text[];
    END IF;
    holder := substr(actor, 9)::uuid;
    RETURN (
        WITH held AS (
            SELECT g.role, g.region_id, g.build_id, g.organisation_id
            FROM public.accounts_grant g
            JOIN public.accounts_account a ON a.id = g.account_id AND a.is_active
            WHERE g.account_id = holder
              AND g.revoked_at IS NULL
              AND g.valid_from <= statement_timestamp()
              AND (g.valid_until IS NULL OR g.valid_until > statement_timestamp())
        )
        SELECT coalesce(array_agg(DISTINCT coalesce(held.region_id::text, '*')), '{}'::text[])
        FROM held
        WHERE held.role = ANY (role_names)
          -- A grant on one organisation reaches that organisation, not a region.
          AND held.organisation_id IS NULL
          AND (
              NOT EXISTS (SELECT FROM held AS strict WHERE strict.role <> 'analyst')
              OR EXISTS (
                  SELECT FROM public.mfa_authenticator m
                  WHERE m.user_id = holder AND m.type IN ('totp', 'webauthn')
              )
          )
    );
END
$$;
REVOKE ALL ON FUNCTION public.accounts_reach_regions(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.accounts_reach_regions(text[]) TO waywatch_web, waywatch_worker;
"""
DROP = "DROP FUNCTION public.accounts_reach_regions(text[])"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]
    operations = [migrations.RunSQL(CREATE, DROP)]

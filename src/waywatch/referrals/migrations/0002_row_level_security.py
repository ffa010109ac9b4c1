"""Who sees and who changes which row, held by PostgreSQL whatever a query asks for.

A desk's team sees the desk's trusted contacts, practice and referrals; a supervisor whose reach covers the desk changes whom it trusts and
how it decides. An agency's team sees a handover once its turn has come, and what was written about it. The worker's clocks see turns and
duty hours, and empties what goes with a destroyed tip. A trigger holds who may end a handover, and how: policies decide about rows, not about what becomes of them.
"""

from django.db import migrations

MINE = "ANY ((SELECT vault_my_keyrings(false))::uuid[])"
OF_DESK = f"desk_id = {MINE}"
REACH = "(SELECT accounts_reach_regions(ARRAY['supervisor']))::text[]"
COVERED = "'*' = ANY ({0}) OR k.home_id = ANY ({0}) OR k.regions && {0}"
SUPERVISES = f"EXISTS (SELECT 1 FROM vault_keyring k WHERE k.id = desk_id AND ({COVERED.format(REACH)}))"  # noqa: S608 - constants
SUPERVISED = f"{OF_DESK} AND {SUPERVISES}"
HANDED = f"agency_id = {MINE} AND handed_at IS NOT NULL"
OF_HANDOVER = (
    "EXISTS (SELECT 1 FROM referrals_handover h WHERE h.id = handover_id)"  # the handover's own policy decides
)
OWN = "('account:' || written_by_id::text) = current_setting('waywatch.actor', true)"
SYSTEM = "current_setting('waywatch.actor', true) LIKE 'system:_%'"

ENDINGS = """
CREATE FUNCTION public.referrals_ends_rightly() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    of_desk boolean;
    of_agency boolean;
BEGIN
    IF NEW.sealed IS NOT NULL AND NEW.sealed IS DISTINCT FROM OLD.sealed THEN
        RAISE insufficient_privilege USING MESSAGE = 'a sealed copy is emptied, never changed';
    END IF;
    IF current_user <> 'waywatch_web' THEN
        RETURN NEW;
    END IF;
    of_desk := OLD.desk_id = ANY (vault_my_keyrings(false));
    of_agency := coalesce(OLD.agency_id = ANY (vault_my_keyrings(false)), false);
    IF NEW.ending IS DISTINCT FROM OLD.ending THEN
        IF NOT (
            (NEW.ending IN ('accepted', 'declined') AND of_agency AND OLD.ended_at IS NULL)
            OR (NEW.ending = 'called' AND of_desk AND OLD.agency_id IS NULL AND (OLD.ended_at IS NULL OR OLD.ending = 'late'))
            OR (NEW.ending = 'late' AND of_desk AND OLD.agency_id IS NULL AND OLD.handed_at IS NOT NULL AND OLD.ended_at IS NULL)
            OR (NEW.ending = 'withdrawn' AND of_desk AND OLD.ended_at IS NULL)
        ) THEN
            RAISE insufficient_privilege USING MESSAGE = 'this handover does not end so';
        END IF;
        IF NEW.ending <> 'withdrawn' AND 'account:' || NEW.answered_by_id::text IS DISTINCT FROM current_setting('waywatch.actor', true) THEN
            RAISE insufficient_privilege USING MESSAGE = 'whoever answers does so in the own name';
        END IF;
    ELSIF (NEW.ended_at, NEW.answered_by_id, NEW.call, NEW.declined_for)
        IS DISTINCT FROM (OLD.ended_at, OLD.answered_by_id, OLD.call, OLD.declined_for) THEN
        RAISE insufficient_privilege USING MESSAGE = 'what has ended stays as it is';
    ELSIF NEW.held_by_id IS DISTINCT FROM OLD.held_by_id AND NOT (of_agency AND OLD.ending = 'accepted') THEN
        RAISE insufficient_privilege USING MESSAGE = 'only the agency that accepted gives it on';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER ends_rightly BEFORE UPDATE ON referrals_handover FOR EACH ROW EXECUTE FUNCTION public.referrals_ends_rightly();
"""
NO_ENDINGS = "DROP TRIGGER ends_rightly ON referrals_handover; DROP FUNCTION public.referrals_ends_rightly()"

# An agency sees no referral; of which tip a handover is, the owner finds out while the system acts.
TIP_OF = """
CREATE FUNCTION public.referrals_tip_of(handover uuid) RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT r.tip_id FROM public.referrals_handover h JOIN public.referrals_referral r ON r.id = h.referral_id WHERE h.id = handover
$$;
REVOKE ALL ON FUNCTION public.referrals_tip_of(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.referrals_tip_of(uuid) TO waywatch_web;
"""

# table: (who may read, add, change and remove)
POLICIES = {
    "referrals_trustedcontact": (OF_DESK, SUPERVISED, SUPERVISED),
    "referrals_practice": (OF_DESK, SUPERVISED, SUPERVISED),
    "referrals_knownduty": (OF_DESK, SUPERVISED, SUPERVISED),
    "referrals_referral": (OF_DESK, OF_DESK, "false"),
    "referrals_handover": (f"{OF_DESK} OR ({HANDED})", OF_DESK, f"{OF_DESK} OR ({HANDED})"),
    "referrals_update": (OF_HANDOVER, f"{OF_HANDOVER} AND {OWN}", "false"),
}
WATCHED = ("referrals_trustedcontact", "referrals_referral", "referrals_handover", "referrals_update")


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
    if table in WATCHED:
        statements += (
            f"CREATE POLICY worker_watches ON {table} TO waywatch_worker USING ({SYSTEM}) WITH CHECK ({SYSTEM});"
        )
    return statements


def unguard(table: str) -> str:
    policies = ["web_reads", "web_adds", "web_changes", "web_removes", "system_keeps"]
    if table in WATCHED:
        policies.append("worker_watches")
    drops = "".join(f"DROP POLICY {policy} ON {table};" for policy in policies)
    return f"{drops} ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"


class Migration(migrations.Migration):
    dependencies = [("referrals", "0001_initial"), ("tips", "0002_row_level_security")]

    operations = [
        *(migrations.RunSQL(guard(table, *who), unguard(table)) for table, who in POLICIES.items()),
        migrations.RunSQL(ENDINGS, NO_ENDINGS),
        migrations.RunSQL(TIP_OF, "DROP FUNCTION public.referrals_tip_of(uuid)"),
    ]

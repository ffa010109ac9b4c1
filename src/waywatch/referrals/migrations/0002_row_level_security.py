"""Who sees and who changes which row, held by PostgreSQL whatever a query asks for.

A desk's team sees the desk's trusted contacts, practice and referrals; a supervisor of it changes whom it trusts and how it decides. An
agency's team sees a handover once its turn has come, and what was written about it. The worker's clocks see turns and duty hours.
"""

from django.db import migrations

MINE = "ANY ((SELECT vault_my_keyrings(false))::uuid[])"
OF_DESK = f"desk_id = {MINE}"
SUPERVISES = "cardinality((SELECT accounts_reach_regions(ARRAY['supervisor']))::text[]) > 0"
SUPERVISED = f"{OF_DESK} AND {SUPERVISES}"
HANDED = f"agency_id = {MINE} AND handed_at IS NOT NULL"
OF_HANDOVER = (
    "EXISTS (SELECT 1 FROM referrals_handover h WHERE h.id = handover_id)"  # the handover's own policy decides
)
OWN = "('account:' || written_by_id::text) = current_setting('waywatch.actor', true)"
SYSTEM = "current_setting('waywatch.actor', true) LIKE 'system:_%'"

# table: (who may read, add, change and remove)
POLICIES = {
    "referrals_trustedcontact": (OF_DESK, SUPERVISED, SUPERVISED),
    "referrals_practice": (OF_DESK, SUPERVISED, SUPERVISED),
    "referrals_knownduty": (OF_DESK, SUPERVISED, SUPERVISED),
    "referrals_referral": (OF_DESK, OF_DESK, "false"),
    "referrals_handover": (f"{OF_DESK} OR ({HANDED})", OF_DESK, f"{OF_DESK} OR ({HANDED})"),
    "referrals_update": (OF_HANDOVER, f"{OF_HANDOVER} AND {OWN}", "false"),
}
WATCHED = ("referrals_trustedcontact", "referrals_handover")


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

    operations = [migrations.RunSQL(guard(table, *who), unguard(table)) for table, who in POLICIES.items()]

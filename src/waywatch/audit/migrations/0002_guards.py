"""What guards the log besides privileges: the database's own numbering, triggers that refuse changes, the history function."""

from django.db import migrations

SETUP = """
ALTER TABLE audit_entry ALTER COLUMN position ADD GENERATED ALWAYS AS IDENTITY;
ALTER TABLE audit_entry ADD CONSTRAINT audit_entry_detail_is_object CHECK (json_typeof(detail::json) = 'object');
ALTER TABLE audit_seal ADD CONSTRAINT audit_seal_hashes_are_sha256
    CHECK (length(entry_hash) = 32 AND length(prev_hash) = 32 AND length(hash) = 32);

CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_seal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seal
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();

CREATE FUNCTION audit_queue_entry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    INSERT INTO public.audit_unsealed (position) VALUES (NEW.position);
    RETURN NULL;
END $$;
CREATE TRIGGER audit_entry_queue AFTER INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_queue_entry();

CREATE FUNCTION audit_history(kind text, subject text, most integer, before bigint)
    RETURNS TABLE (at timestamptz, actor text, account_id uuid, action text, detail text, "position" bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT e.at, e.actor, e.account_id, e.action, e.detail, e.position
    FROM public.audit_entry e
    WHERE e.subject_kind = kind AND e.subject_id = subject AND e.position < coalesce(before, 9223372036854775807)
    ORDER BY e.position DESC LIMIT greatest(most, 0)
$$;
REVOKE ALL ON FUNCTION audit_refuse_change(), audit_queue_entry(), audit_history(text, text, integer, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_history(text, text, integer, bigint) TO waywatch_web;
"""

TEARDOWN = """
DROP FUNCTION audit_history(text, text, integer, bigint);
DROP TRIGGER audit_entry_queue ON audit_entry;
DROP FUNCTION audit_queue_entry();
DROP TRIGGER audit_seal_append_only ON audit_seal;
DROP TRIGGER audit_entry_append_only ON audit_entry;
DROP FUNCTION audit_refuse_change();
ALTER TABLE audit_seal DROP CONSTRAINT audit_seal_hashes_are_sha256;
ALTER TABLE audit_entry DROP CONSTRAINT audit_entry_detail_is_object;
ALTER TABLE audit_entry ALTER COLUMN position DROP IDENTITY;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunSQL(SETUP, TEARDOWN)]

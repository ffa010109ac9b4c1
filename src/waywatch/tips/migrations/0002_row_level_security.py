"""Who sees and who changes which tip, held by PostgreSQL whatever a query asks for.

An advocate or supervisor sees the tips of the desks whose team they belong to; nobody else sees one. A tip comes in through `tips_receive`,
which takes a sealed envelope for a key of a desk, and whose receipt is the same for the same bytes; an answer to a question through
`tips_answer` and a photo's chunk through `tips_chunk`, for whoever has the receipt words. `tips_look` says how far a tip is. `tips_hold_back`
takes back that somebody acted, where that cannot be read yet. They run as the owner, who sees a tip only while the system acts: the caller
names it. The worker's clocks see the tips that wait, and it destroys what is over its term.
"""

from django.db import migrations

RECEIVE = """
CREATE FUNCTION public.tips_receive(
    tip uuid, ring uuid, ring_version integer, place text, urgent integer, sealed_hour integer, token bytea, hash bytea,
    content_size integer, envelope bytea, OUT answer text, OUT arrived timestamptz
) LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    known record;
BEGIN
    IF NOT EXISTS (
        SELECT FROM public.vault_keyversion v
        JOIN public.vault_keyring k ON k.id = v.keyring_id AND k.kind = 'desk'
        WHERE v.keyring_id = ring AND v.number = ring_version AND v.destroyed_at IS NULL
    ) THEN
        answer := 'no_key';  -- nobody signs for what nobody can open
        RETURN;
    END IF;
    INSERT INTO public.tips_tip (
        id, keyring_id, key_version, region, claimed_urgency, claimed_hour, token_hash, digest, size, received_at, feedback, told
    ) VALUES (tip, ring, ring_version, place, urgent, sealed_hour, token, hash, content_size, clock_timestamp(), '', '')
    ON CONFLICT DO NOTHING RETURNING received_at INTO arrived;
    IF FOUND THEN
        INSERT INTO public.tips_sealed (tip_id, is_envelope, body) VALUES (tip, true, envelope);
        answer := 'new';
        RETURN;
    END IF;
    SELECT t.digest, t.received_at INTO known FROM public.tips_tip t WHERE t.id = tip;
    answer := CASE WHEN known.digest = hash THEN 'same' ELSE 'other' END;
    arrived := known.received_at;
END
$$;
"""
ANSWER = """
CREATE FUNCTION public.tips_answer(
    question uuid, ring uuid, ring_version integer, tokens bytea[], hash bytea, envelope bytea, OUT answer text, OUT arrived timestamptz
) LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    known record;
BEGIN
    SELECT q.answer_digest, q.answered_at, t.keyring_id INTO known
    FROM public.tips_question q JOIN public.tips_tip t ON t.id = q.tip_id
    WHERE q.id = question AND t.token_hash = ANY (tokens) FOR UPDATE OF q;
    IF NOT FOUND THEN
        answer := 'not_asked';
    ELSIF known.answered_at IS NOT NULL THEN
        answer := CASE WHEN known.answer_digest = hash THEN 'same' ELSE 'other' END;
        arrived := known.answered_at;
    ELSIF known.keyring_id <> ring OR NOT EXISTS (
        SELECT FROM public.vault_keyversion v WHERE v.keyring_id = ring AND v.number = ring_version AND v.destroyed_at IS NULL
    ) THEN
        answer := 'no_key';
    ELSE
        answer := 'new';
        arrived := clock_timestamp();
        UPDATE public.tips_question q SET answer = envelope, answer_digest = hash, answered_at = arrived WHERE q.id = question;
    END IF;
END
$$;
"""
CHUNK = """
CREATE FUNCTION public.tips_chunk(
    tip uuid, picture uuid, place integer, tokens bytea[], hash bytea, envelope bytea, most integer, OUT answer text, OUT arrived timestamptz
) LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    known record;
BEGIN
    PERFORM FROM public.tips_tip t WHERE t.id = tip AND t.token_hash = ANY (tokens) AND t.closed_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        answer := 'not_asked';
        RETURN;
    END IF;
    SELECT c.digest, c.received_at INTO known FROM public.tips_chunk c WHERE c.tip_id = tip AND c.photo = picture AND c.number = place;
    IF FOUND THEN
        answer := CASE WHEN known.digest = hash THEN 'same' ELSE 'other' END;
        arrived := known.received_at;
    ELSIF (SELECT count(*) FROM public.tips_chunk c WHERE c.tip_id = tip) >= most THEN
        answer := 'not_asked';
    ELSE
        answer := 'new';
        arrived := clock_timestamp();
        INSERT INTO public.tips_chunk (id, tip_id, photo, number, digest, received_at, body)
        VALUES (gen_random_uuid(), tip, picture, place, hash, arrived, envelope);
    END IF;
END
$$;
"""
LOOK = """
CREATE FUNCTION public.tips_look(
    tokens bytea[], OUT word text, OUT reply_key bytea, OUT question uuid, OUT sealed bytea, OUT answered boolean
) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT coalesce(found.word, 'unknown'), found.reply_key, found.question, found.sealed, found.answered
    FROM (SELECT true) always LEFT JOIN (
        SELECT
            CASE
                WHEN t.feedback_at <= statement_timestamp() THEN t.feedback WHEN t.told <> '' THEN t.told
                WHEN t.closed_at IS NOT NULL THEN 'closed' WHEN t.opened_at IS NOT NULL THEN 'read' ELSE 'waiting'
            END AS word,
            t.reply_key, q.id AS question, q.sealed, q.answered_at IS NOT NULL AS answered
        FROM public.tips_tip t LEFT JOIN LATERAL (
            SELECT * FROM public.tips_question each WHERE each.tip_id = t.id ORDER BY each.asked_at DESC, each.id LIMIT 1
        ) q ON true
        WHERE t.token_hash = ANY (tokens)
    ) found ON true
$$;
"""
HOLD_BACK = """
CREATE FUNCTION public.tips_hold_back(tip uuid) RETURNS bigint LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH held AS (
        UPDATE public.tips_tip t SET feedback = '', feedback_at = NULL
        WHERE tip IN (t.id, t.same_as_id) AND t.feedback = 'acted' AND t.feedback_at > statement_timestamp() RETURNING t.id
    )
    SELECT count(*) FROM held
$$;
"""
SIGNATURES = {
    "tips_receive": "public.tips_receive(uuid, uuid, integer, text, integer, integer, bytea, bytea, integer, bytea)",
    "tips_answer": "public.tips_answer(uuid, uuid, integer, bytea[], bytea, bytea)",
    "tips_chunk": "public.tips_chunk(uuid, uuid, integer, bytea[], bytea, bytea, integer)",
    "tips_look": "public.tips_look(bytea[])",
    "tips_hold_back": "public.tips_hold_back(uuid)",
}
LENGTHS = """
ALTER TABLE tips_tip ADD CONSTRAINT tips_tip_hashes_are_sha256
    CHECK (octet_length(token_hash) = 32 AND octet_length(digest) = 32);
"""
NO_LENGTHS = "ALTER TABLE tips_tip DROP CONSTRAINT tips_tip_hashes_are_sha256"

MINE = "keyring_id = ANY ((SELECT vault_my_keyrings(false))::uuid[])"
OF_MINE = "EXISTS (SELECT 1 FROM tips_tip t WHERE t.id = tip_id)"  # the tip's own policy decides
SYSTEM = "current_setting('waywatch.actor', true) LIKE 'system:_%'"
POLICIES = {
    "tips_tip": MINE,
    "tips_sealed": OF_MINE,
    "tips_contentkey": OF_MINE,
    "tips_entry": OF_MINE,
    "tips_reading": OF_MINE,
    "tips_question": OF_MINE,
    "tips_chunk": OF_MINE,
    "tips_noticed": "desk_id = ANY ((SELECT vault_my_keyrings(false))::uuid[])",
    "tips_matchtoken": OF_MINE,
}


def guard(table: str, who: str) -> str:
    statements = f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY web_has ON {table} TO waywatch_web USING ({who}) WITH CHECK ({who});
        CREATE POLICY system_keeps ON {table} TO waywatch_owner USING ({SYSTEM}) WITH CHECK ({SYSTEM});
    """
    statements += f"CREATE POLICY worker_watches ON {table} TO waywatch_worker USING ({SYSTEM}) WITH CHECK ({SYSTEM});"
    return statements


def unguard(table: str) -> str:
    policies = ["web_has", "system_keeps", "worker_watches"]
    drops = "".join(f"DROP POLICY {policy} ON {table};" for policy in policies)
    return f"{drops} ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"


def given(signature: str) -> str:
    return f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC; GRANT EXECUTE ON FUNCTION {signature} TO waywatch_web;"


class Migration(migrations.Migration):
    dependencies = [("tips", "0001_initial"), ("vault", "0002_row_level_security")]

    operations = [
        migrations.RunSQL(LENGTHS, NO_LENGTHS),
        *(migrations.RunSQL(guard(table, who), unguard(table)) for table, who in POLICIES.items()),
        migrations.RunSQL(RECEIVE + given(SIGNATURES["tips_receive"]), f"DROP FUNCTION {SIGNATURES['tips_receive']}"),
        migrations.RunSQL(ANSWER + given(SIGNATURES["tips_answer"]), f"DROP FUNCTION {SIGNATURES['tips_answer']}"),
        migrations.RunSQL(CHUNK + given(SIGNATURES["tips_chunk"]), f"DROP FUNCTION {SIGNATURES['tips_chunk']}"),
        migrations.RunSQL(LOOK + given(SIGNATURES["tips_look"]), f"DROP FUNCTION {SIGNATURES['tips_look']}"),
        migrations.RunSQL(
            HOLD_BACK + given(SIGNATURES["tips_hold_back"]), f"DROP FUNCTION {SIGNATURES['tips_hold_back']}"
        ),
    ]

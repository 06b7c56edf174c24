-- open_cases: lock the rows of some cases, then read all that decisions about them rest on, and posts already answered.
--
-- The locks come first, and each statement of this VOLATILE function takes a new snapshot under READ COMMITTED: what is
-- read includes whatever the transaction that held a lock before us has committed, so no wake-up is lost between two
-- members. It must never read before it has locked, and never be called for cases in two portions in one transaction.
--
-- A team's own streams (`team-...`, `work-...`) are opened like a case: `in_cases` then holds the team's key.
-- `in_streams` is parallel to `in_cases`; `in_teams` are further teams whose configuration is asked for.
--
-- The shared lock on each team lets whoever follows a change of its configuration (shared/process/following.py) wait
-- for decisions that were made without it. Two-part key: the tail's marks use the one-part form.
--
-- Without `in_lock` nothing is locked, nothing may be decided on what is read, and cases that nobody knows leave no row:
-- that is how somebody reads a case.
--
-- The plans are made once for a connection and always look up by index: [M] planned anew for each call it took 620 us
-- instead of 290, and a plan made for tables that are still empty must be right for full ones too.
--
-- kind 'own': an event of this service's stream. 'heard': an event of another service with nothing missing before it.
-- 'rule': what a rule decided (name = rule, event_id = cause, doc = outcome, stream = code).
-- 'timer': a deadline that is kept (stream, name, at). 'floor': at or below it no deadline rings (at).
-- 'team': how far a team's configuration goes (name = team, version and at = of its last event).
-- 'post': an accepted post (store = source, stream = id, name = fingerprint in hex, version = stream's version,
-- doc = status and answer, separated by a space).
-- 'erased': one of `in_subjects` is on the tombstone list (event_id = subject).
CREATE FUNCTION open_cases(
    in_consumer text, in_cases uuid[], in_streams text[], in_teams text[], in_sources text[], in_ids text[],
    in_subjects uuid[], in_lock boolean
)
RETURNS TABLE (
    kind text, case_id uuid, store text, stream text, version integer, event_id uuid, name text, doc text,
    at timestamptz
)
LANGUAGE plpgsql VOLATILE
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
    teams text[];
    begun integer;
BEGIN
    IF in_lock THEN
        PERFORM lock_cases(in_consumer, in_cases);
    END IF;

    -- "<= 1": with "= 1" the index of all first events fits too, and a plan made on an empty table would read it whole.
    SELECT array_agg(DISTINCT e.team_id), count(*) INTO teams, begun
    FROM events e WHERE e.stream = ANY (in_streams) AND e.version <= 1;
    teams := teams || in_teams;
    IF begun < cardinality(in_cases) THEN -- of a case that has not begun here, what was heard says the team
        teams := ARRAY(
            SELECT said FROM unnest(teams) AS said
            UNION
            SELECT (
                SELECT i.doc::json ->> 'teamid' FROM inbox i
                WHERE i.consumer = in_consumer AND i.case_id = wanted AND NOT i.waiting LIMIT 1
            )
            FROM unnest(in_cases) AS wanted
        );
    END IF;
    IF in_lock THEN
        PERFORM pg_advisory_xact_lock_shared(7413, hashtext(team)) FROM unnest(teams) AS team WHERE team IS NOT NULL;
    END IF;

    RETURN QUERY
    SELECT 'own', e.case_id, NULL::text, e.stream, e.version, e.event_id, e.type, e.doc::text, NULL::timestamptz
    FROM events e
    WHERE e.stream = ANY (in_streams)
    ORDER BY e.stream, e.version;

    RETURN QUERY
    SELECT 'heard', i.case_id, i.store, i.stream, i.version, i.event_id, i.type, i.doc, NULL::timestamptz
    FROM inbox i
    WHERE i.consumer = in_consumer AND i.case_id = ANY (in_cases) AND NOT i.waiting
      AND right(i.stream, 36) = i.case_id::text -- a case's, not a team's
    ORDER BY i.case_id, i.store, i.stream, i.version;

    RETURN QUERY
    SELECT 'rule', r.case_id, NULL::text, r.code, NULL::integer, r.cause, r.rule, r.outcome, NULL::timestamptz
    FROM rule_outcomes r
    WHERE r.case_id = ANY (in_cases)
    UNION ALL
    SELECT 'timer', t.case_id, NULL, t.stream, NULL, NULL, t.name, NULL, t.due_at
    FROM timers t
    WHERE t.stream = ANY (in_streams)
    UNION ALL
    SELECT 'floor', NULL, NULL, NULL, NULL, NULL, NULL, NULL, f.restored_to
    FROM tail_floor f
    WHERE f.restored_to IS NOT NULL
    UNION ALL
    SELECT 'team', NULL, NULL, NULL, head.version, NULL, team, NULL, head.recorded_at
    FROM unnest(teams) AS team,
    LATERAL (
        (SELECT e.version, e.recorded_at FROM events e
         WHERE e.stream = 'team-' || team ORDER BY e.version DESC LIMIT 1)
        UNION ALL
        SELECT h.version, h.recorded_at FROM stream_heads h
        WHERE h.consumer = in_consumer AND h.stream = 'team-' || team
    ) AS head;

    IF cardinality(in_sources) > 0 THEN
        RETURN QUERY
        SELECT 'post', p.case_id, p.source, p.id, p.version, NULL::uuid, encode(p.fingerprint, 'hex'),
               p.status || ' ' || p.answer, NULL::timestamptz
        FROM unnest(in_sources, in_ids) AS asked (source, id)
        JOIN posts p ON p.source = asked.source AND p.id = asked.id;
    END IF;

    IF cardinality(in_subjects) > 0 THEN
        RETURN QUERY
        SELECT 'erased', NULL::uuid, NULL::text, NULL::text, NULL::integer, t.subject, NULL::text, NULL::text,
               NULL::timestamptz
        FROM tombstones t
        WHERE t.subject = ANY (in_subjects);
    END IF;
END
$$;
REVOKE ALL ON FUNCTION open_cases FROM PUBLIC;
GRANT EXECUTE ON FUNCTION open_cases TO dyad_writer, dyad_consumer;

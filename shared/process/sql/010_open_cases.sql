-- open_cases: lock the rows of some cases, then read all that a decision about them rests on.
--
-- The locks come first and each statement of this VOLATILE function takes a new snapshot under READ COMMITTED, so what is
-- read includes whatever the transaction that held a lock before us has committed: no wake-up is lost between two members.
-- Rows are made, then locked, in the order of case_id: two callers cannot wait for each other.
-- It must never read before it has locked, and never be called with cases in two portions in one transaction.
--
-- kind 'own': an event of this service's stream. 'heard': an event of another service, nothing missing before it.
-- 'rule': what a rule decided (event_id = cause, note = rule, doc = outcome, stream = code).
CREATE FUNCTION open_cases(p_consumer text, p_category text, p_cases uuid[])
RETURNS TABLE (kind text, case_id uuid, store text, stream text, version integer, event_id uuid, note text, doc text)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO cases (consumer, case_id)
    SELECT p_consumer, wanted FROM unnest(p_cases) AS wanted
    WHERE NOT EXISTS (SELECT FROM cases c WHERE c.consumer = p_consumer AND c.case_id = wanted)
    ORDER BY wanted
    ON CONFLICT DO NOTHING;

    PERFORM FROM cases c WHERE c.consumer = p_consumer AND c.case_id = ANY (p_cases) ORDER BY c.case_id FOR UPDATE;

    RETURN QUERY
    SELECT 'own', wanted, NULL::text, e.stream, e.version, e.event_id, e.type, e.doc::text
    FROM unnest(p_cases) AS wanted
    JOIN events e ON e.stream = p_category || '-' || wanted::text;

    RETURN QUERY
    SELECT 'heard', i.case_id, i.store, i.stream, i.version, i.event_id, i.type, i.doc::text
    FROM inbox i
    WHERE i.consumer = p_consumer AND i.case_id = ANY (p_cases) AND NOT i.waiting;

    RETURN QUERY
    SELECT 'rule', r.case_id, NULL::text, r.code, NULL::integer, r.cause, r.rule, r.outcome
    FROM rule_outcomes r
    WHERE r.case_id = ANY (p_cases);
END
$$;

-- The vault of a deciding service: the wrapped key of each data subject, and the list of those who were erased.
-- The keys themselves stand here only under a key-encryption key that no database holds (docs/privacy.md).
CREATE TABLE subject_keys (
    subject uuid PRIMARY KEY,
    kek integer NOT NULL CHECK (kek >= 1), -- number of the key-encryption key
    wrapped bytea NOT NULL, -- 12 bytes nonce, then AES-256-GCM box
    made_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX subject_keys_kek ON subject_keys (kek);

-- Permanent: nothing about these subjects is taken again. Also written outside the databases (DYAD_TOMBSTONES_FILE), so
-- that an older backup is told again at the next start.
CREATE TABLE tombstones (
    subject uuid PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);

GRANT SELECT ON subject_keys TO dyad_writer;
GRANT SELECT ON tombstones TO dyad_writer, dyad_consumer, dyad_reader;

-- subject_keys_of: the wrapped keys of some subjects, made from the candidates where there is none yet; a subject that was
-- erased gets none, and so gives no row. Subjects are sorted and distinct, `in_fresh` in the same order.
--
-- Called after the cases are locked and before the appends. The shared lock is what an erasure of the same subject waits
-- for: no key may be made by a transaction that does not see the tombstone yet.
CREATE FUNCTION subject_keys_of(in_subjects uuid[], in_kek integer, in_fresh bytea[])
RETURNS TABLE (subject uuid, kek integer, wrapped bytea)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    FOR place IN 1 .. cardinality(in_subjects) LOOP
        PERFORM pg_advisory_xact_lock_shared(7412, hashtext(in_subjects[place]::text));
    END LOOP;
    INSERT INTO subject_keys (subject, kek, wrapped)
    SELECT given.subject, in_kek, given.wrapped
    FROM unnest(in_subjects, in_fresh) AS given (subject, wrapped)
    WHERE NOT EXISTS (SELECT FROM tombstones t WHERE t.subject = given.subject)
    ON CONFLICT DO NOTHING;
    RETURN QUERY SELECT k.subject, k.kek, k.wrapped FROM subject_keys k WHERE k.subject = ANY (in_subjects);
END
$$;
REVOKE ALL ON FUNCTION subject_keys_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION subject_keys_of TO dyad_writer, dyad_consumer;

-- erase_subject: destroys a subject's key for good and says so for ever; true the first time. The only way in which a key
-- is ever removed. It must be called after the cases are locked, as every maker of keys does (no deadlock).
CREATE FUNCTION erase_subject(in_subject uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    fresh boolean;
BEGIN
    PERFORM pg_advisory_xact_lock(7412, hashtext(in_subject::text));
    INSERT INTO tombstones (subject) VALUES (in_subject) ON CONFLICT DO NOTHING;
    fresh := FOUND;
    DELETE FROM subject_keys WHERE subject = in_subject;
    RETURN fresh;
END
$$;
REVOKE ALL ON FUNCTION erase_subject FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_subject TO dyad_writer, dyad_consumer;

-- subjects_in: the people whom a document introduces to its case: whatever stands under `infant_id` and `caregiver_id`,
-- also with a word before it. Immutable: the indexes below rest on it.
CREATE FUNCTION subjects_in(in_doc text) RETURNS uuid[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
    SELECT coalesce(array_agg(DISTINCT found[1]::uuid), '{}')
    FROM regexp_matches(
        in_doc, '(?:infant|caregiver)_id":"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"', 'g'
    ) AS found
);
GRANT EXECUTE ON FUNCTION subjects_in TO dyad_writer, dyad_consumer, dyad_relay, dyad_reader;

-- Only what introduces people is indexed: one event of thirty.
CREATE INDEX events_introducing ON events USING gin (subjects_in(doc::text))
    WHERE type LIKE 'dyad.ReferralReceived%' OR type LIKE 'dyad.FamilyMemberLinked%'
       OR type LIKE 'dyad.InfantIdentityReplaced%';
CREATE INDEX inbox_introducing ON inbox USING gin (subjects_in(doc))
    WHERE type LIKE 'dyad.ReferralReceived%' OR type LIKE 'dyad.FamilyMemberLinked%'
       OR type LIKE 'dyad.InfantIdentityReplaced%';

-- sealed_subjects: whom the sealed entries of an event are about (sealed format 1 says so openly). Immutable, as above. No
-- document names the referrer of a case: only what is sealed about them does.
CREATE FUNCTION sealed_subjects(in_sealed bytea) RETURNS uuid[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
    SELECT coalesce(array_agg(DISTINCT found[1]::uuid), '{}')
    FROM regexp_matches(
        encode(in_sealed, 'escape'), '"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"', 'g'
    ) AS found
);
GRANT EXECUTE ON FUNCTION sealed_subjects TO dyad_writer, dyad_consumer, dyad_relay, dyad_reader;
CREATE INDEX events_sealed_about ON events USING gin (sealed_subjects(sealed)) WHERE sealed IS NOT NULL;

-- cases_of_subject: the cases into which a person was ever introduced, own and heard, or about whom something is sealed.
CREATE FUNCTION cases_of_subject(in_subject uuid) RETURNS TABLE (case_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT e.case_id FROM events e
    WHERE (e.type LIKE 'dyad.ReferralReceived%' OR e.type LIKE 'dyad.FamilyMemberLinked%'
        OR e.type LIKE 'dyad.InfantIdentityReplaced%')
      AND subjects_in(e.doc::text) @> ARRAY[in_subject]
    UNION
    SELECT i.case_id FROM inbox i
    WHERE (i.type LIKE 'dyad.ReferralReceived%' OR i.type LIKE 'dyad.FamilyMemberLinked%'
        OR i.type LIKE 'dyad.InfantIdentityReplaced%')
      AND subjects_in(i.doc) @> ARRAY[in_subject]
    UNION
    SELECT s.case_id FROM events s WHERE s.sealed IS NOT NULL AND sealed_subjects(s.sealed) @> ARRAY[in_subject]
$$;
GRANT EXECUTE ON FUNCTION cases_of_subject TO dyad_writer, dyad_consumer, dyad_reader;

-- policies: who sees which row of what a consumer keeps, and the record of who has read what. Executed after bus.sql in
-- every service's database; docs/access.md lists the tables without row-level security, each with its reason.
--
-- People's requests come as dyad_writer and dyad_reader and see the teams that their transaction named (my_teams). The
-- consumer serves every team. The owner is not forced: its SECURITY DEFINER functions say themselves what they check.

-- The team of a heard event. Members of the envelope stand before whatever a sender said, and a quotation mark inside
-- a text is escaped: the first '"teamid":"' of a document is always the envelope's own.
ALTER TABLE inbox ADD COLUMN team_id text COLLATE "C"
    GENERATED ALWAYS AS (split_part(split_part(doc, '"teamid":"', 2), '"', 1)) STORED;

ALTER TABLE inbox ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_every_team ON inbox TO dyad_consumer USING (true);
CREATE POLICY of_my_teams ON inbox FOR SELECT TO dyad_writer, dyad_reader
    USING (team_id = ANY ((SELECT my_teams())::text[]) OR (SELECT my_teams()) = '{*}');

-- A head says that a stream exists, and how long it is: to those who may see what was heard of it.
ALTER TABLE stream_heads ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_every_team ON stream_heads TO dyad_consumer USING (true);
CREATE POLICY of_my_teams ON stream_heads FOR SELECT TO dyad_writer, dyad_reader
    USING (
        (SELECT my_teams()) = '{*}' OR EXISTS (
            SELECT FROM inbox i
            WHERE i.consumer = stream_heads.consumer AND i.stream = stream_heads.stream AND i.store = stream_heads.store
        )
    );

-- What could not be applied may not even say whose it is: only for those who see every team.
ALTER TABLE held ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_every_team ON held TO dyad_consumer USING (true);
CREATE POLICY for_all_teams ON held TO dyad_writer, dyad_reader USING ((SELECT my_teams()) = '{*}');
ALTER TABLE discards ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_every_team ON discards TO dyad_consumer USING (true);
CREATE POLICY for_all_teams ON discards TO dyad_writer, dyad_reader USING ((SELECT my_teams()) = '{*}');

-- reads: who has read which cases, and why. Only ever added to, by nobody and nothing else than a request that answers.
CREATE TABLE reads (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor_id    text NOT NULL, -- opaque, as the token says it
    role        text NOT NULL,
    why         text NOT NULL, -- code: by what right (docs/access.md)
    route       text NOT NULL, -- the template, never an address with values
    cases       uuid[] NOT NULL, -- all that the answer names; a list makes one record
    teams       text[] NOT NULL, -- of these cases
    break_glass boolean NOT NULL
);
CREATE INDEX reads_cases ON reads USING gin (cases);
CREATE INDEX reads_actor ON reads (actor_id, id);

CREATE FUNCTION reads_stay() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the record of reads is only added to' USING ERRCODE = 'DY022';
END
$$;
REVOKE ALL ON FUNCTION reads_stay FROM PUBLIC;
CREATE TRIGGER reads_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON reads EXECUTE FUNCTION reads_stay();

ALTER TABLE reads ENABLE ROW LEVEL SECURITY;
CREATE POLICY added ON reads FOR INSERT TO dyad_writer, dyad_reader
    WITH CHECK (teams <@ (SELECT my_teams()) OR (SELECT my_teams()) = '{*}');
CREATE POLICY of_my_teams ON reads FOR SELECT TO dyad_writer, dyad_reader
    USING (teams && (SELECT my_teams())::text[] OR (SELECT my_teams()) = '{*}');
GRANT SELECT, INSERT ON reads TO dyad_writer, dyad_reader;

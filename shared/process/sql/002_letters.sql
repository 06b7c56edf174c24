-- letters: what is to be sent to people because of an event; written in the transaction of the decision, by nothing else:
-- a restore, a replay and a refilled topic leave none. What stands in a letter is written when it is sent, from what may
-- be read then. Executed by the owner after 000_tables.sql.
CREATE TABLE letters (
    id              uuid PRIMARY KEY, -- follows from event, kind and reader
    event_id        uuid NOT NULL, -- which calls for it
    case_id         uuid NOT NULL,
    team_id         text COLLATE "C" NOT NULL, -- of the case: row-level security
    kind            text NOT NULL,
    reader          text NOT NULL, -- the role of whom it is to, never a name or an address
    made_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    state           text NOT NULL DEFAULT 'queued'
                    CHECK (state IN ('queued', 'sent', 'suppressed', 'failed', 'given_up')),
    attempts        integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_error      text -- a code: why it could not be sent, or why it must not be
) WITH (fillfactor = 80);
CREATE INDEX letters_queued ON letters (next_attempt_at) WHERE state = 'queued';
CREATE INDEX letters_case ON letters (case_id);

ALTER TABLE letters ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_every_team ON letters TO dyad_consumer USING (true);
CREATE POLICY of_my_teams ON letters TO dyad_writer, dyad_reader
    USING (team_id = ANY ((SELECT my_teams())::text[]) OR (SELECT my_teams()) = '{*}');

GRANT SELECT, INSERT ON letters TO dyad_writer;
GRANT SELECT, INSERT, UPDATE ON letters TO dyad_consumer;
GRANT SELECT ON letters TO dyad_reader;

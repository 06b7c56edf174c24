-- Time and letters: what a service has to look at by itself. Executed by the owner after 000_tables.sql.

-- The earliest deadline of each name of a stream that was neither met nor breached. A projection of stream and of what
-- was heard, brought up to date in the transaction of every change of the case; it can be emptied and made again from
-- `rechecks`. What cannot be decided keeps its row, says why in `code`, and is tried again at `not_before`.
CREATE TABLE timers (
    stream     text COLLATE "C" NOT NULL,
    name       text COLLATE "C" NOT NULL, -- process rule
    case_id    uuid NOT NULL, -- under which the stream is locked; for a team's own streams team_key
    team_id    text COLLATE "C" NOT NULL, -- of the stream: row-level security
    due_at     timestamptz NOT NULL,
    not_before timestamptz,
    attempts   integer NOT NULL DEFAULT 0,
    code       text, -- refusal code, or the class of what broke
    PRIMARY KEY (stream, name)
) WITH (fillfactor = 80);
CREATE INDEX timers_due ON timers (due_at);

-- Streams to be looked at again: a change of the team's configuration moves deadlines, so does a restore.
CREATE TABLE rechecks (
    stream     text COLLATE "C" PRIMARY KEY,
    case_id    uuid NOT NULL,
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    not_before timestamptz,
    attempts   integer NOT NULL DEFAULT 0,
    code       text
);

-- Up to which event of its configuration a team's cases were put on `rechecks`.
CREATE TABLE teams_followed (
    team_id     text COLLATE "C" PRIMARY KEY,
    version     integer NOT NULL,
    recorded_at timestamptz NOT NULL
);

CREATE INDEX events_first ON events (team_id) WHERE version = 1;

GRANT SELECT, INSERT, UPDATE, DELETE ON timers, rechecks TO dyad_writer, dyad_consumer;
GRANT SELECT, INSERT, UPDATE ON teams_followed TO dyad_consumer;
GRANT SELECT ON timers, rechecks, teams_followed TO dyad_reader;

-- Tables of a deciding service's imperative shell: posts already answered, what its rules decided, whose case a sender's
-- reference means. Executed by the owner after bus.sql, once, in every deciding service's database.

-- The first answer to each accepted post: said again, it is given again (design 5). Refused posts are not kept.
CREATE TABLE posts (
    source text NOT NULL,
    id text NOT NULL,
    fingerprint bytea NOT NULL, -- HMAC-SHA256 over attributes and parsed data, never a plain hash
    case_id uuid NOT NULL,
    team_id text COLLATE "C" NOT NULL, -- of the case: row-level security
    status smallint NOT NULL,
    version integer NOT NULL, -- of the stream afterwards: the answer's ETag
    answer text NOT NULL, -- JSON receipt, the exact text that was answered
    accepted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (source, id)
);

-- What each rule decided about each causing event, "nothing" included: a refilled topic and an empty inbox act on
-- nothing twice. It travels with the history when a store is restored, and is never emptied.
CREATE TABLE rule_outcomes (
    rule text NOT NULL,
    cause uuid NOT NULL, -- event_id of the causing event
    case_id uuid NOT NULL,
    team_id text COLLATE "C" NOT NULL, -- of the case: row-level security
    outcome text NOT NULL CHECK (outcome IN ('acted', 'nothing', 'waiting', 'parked', 'discarded')),
    code text, -- refusal code of what is parked or waiting; why nothing was done
    stream text, -- what was appended: stream and its last version
    version integer,
    cause_recorded_at timestamptz NOT NULL, -- holds the watermark while waiting or parked
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    decided_by text, -- the person who retried or discarded, and why
    reason text,
    PRIMARY KEY (rule, cause)
);
CREATE INDEX rule_outcomes_case ON rule_outcomes (case_id);
CREATE INDEX rule_outcomes_open ON rule_outcomes (cause_recorded_at) WHERE outcome IN ('waiting', 'parked');

-- Whose case a sender's own reference means; only the HMAC of the reference is ever kept. A projection: more than one
-- case for a reference means that news of a correction is still on its way.
CREATE TABLE case_references (
    system text NOT NULL,
    reference_hmac text NOT NULL,
    case_id uuid NOT NULL,
    team_id text COLLATE "C" NOT NULL, -- of the case: row-level security
    PRIMARY KEY (system, reference_hmac, case_id)
);
CREATE INDEX case_references_case ON case_references (case_id);

GRANT SELECT, INSERT ON posts TO dyad_writer, dyad_consumer;
GRANT SELECT, INSERT, UPDATE ON rule_outcomes TO dyad_writer, dyad_consumer;
GRANT SELECT, INSERT, DELETE ON case_references TO dyad_writer, dyad_consumer;
GRANT SELECT ON posts, rule_outcomes, case_references TO dyad_reader;

-- events: the truth, one row per event, written by append() and restore_events() only, changed by nothing.
-- A column that repeats a member of the document is there for an index or a reader; `verify` compares them.
-- CACHE 1 and no default: append() takes numbers itself, after its mark and before its clock. Never call nextval()
-- on this sequence anywhere else, never ALTER its cache.
CREATE SEQUENCE events_position AS bigint CACHE 1;

CREATE TABLE events (
    position    bigint PRIMARY KEY,
    stream      text COLLATE "C" NOT NULL,
    version     integer NOT NULL CHECK (version >= 1),
    event_id    uuid NOT NULL,
    type        text NOT NULL,
    key         text NOT NULL,
    case_id     uuid,
    team_id     text NOT NULL,
    recorded_at timestamptz NOT NULL,
    leaf_hash   bytea NOT NULL,
    doc         json NOT NULL,
    sealed      bytea,
    CONSTRAINT events_stream_version UNIQUE (stream, version),
    CONSTRAINT events_event_id UNIQUE (event_id)
);
ALTER SEQUENCE events_position OWNED BY events.position;

GRANT SELECT ON events, events_position TO dyad_writer, dyad_relay, dyad_consumer, dyad_reader;

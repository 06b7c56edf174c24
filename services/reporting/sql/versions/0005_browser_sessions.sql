-- browser_sessions: who is signed in to the pages. A row alone lets nobody in and says nothing about anybody: the access
-- token in it is sealed under a key that only the browser's cookie holds, and the row is found by the cookie's hash.
-- Written by shared/web/access/sessions.py (docs/adr/0015-sign-in.md).
CREATE TABLE browser_sessions (
    id_hash bytea PRIMARY KEY CHECK (octet_length(id_hash) = 32),
    seen_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    sealed bytea NOT NULL
);
CREATE INDEX browser_sessions_seen ON browser_sessions (seen_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON browser_sessions TO dyad_writer;

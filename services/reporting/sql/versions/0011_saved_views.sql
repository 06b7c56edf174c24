-- saved_views: a page with its filters as somebody named it, for himself or for everybody of its teams. Codes alone: the
-- address as the page's own form read it, and a name that is a code. No part of the projection; a rebuild leaves it alone.
-- Written by services/reporting/saved_views.py.
CREATE TABLE saved_views (
    view_id  uuid PRIMARY KEY,
    saved_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor_id text NOT NULL, -- opaque, as the token says it: whose it is
    name     text NOT NULL CHECK (name ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(name) <= 60),
    path     text NOT NULL,
    query    text NOT NULL CHECK (length(query) <= 1000),
    teams    text[] NOT NULL CHECK (cardinality(teams) > 0), -- whom it is about, and with whom it may be shared; {*}: all
    shared   boolean NOT NULL,
    UNIQUE (actor_id, teams, name)
);

ALTER TABLE saved_views ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_my_teams ON saved_views FOR ALL TO dyad_writer, dyad_reader
    USING (teams <@ (SELECT my_teams())::text[] OR (SELECT my_teams()) = '{*}')
    WITH CHECK (teams <@ (SELECT my_teams())::text[] OR (SELECT my_teams()) = '{*}');
GRANT SELECT, INSERT, UPDATE, DELETE ON saved_views TO dyad_writer;
GRANT SELECT ON saved_views TO dyad_reader;

-- policies: who sees which row of a deciding service's store and of its shell's tables; see shared/bus/sql/policies.sql.
-- Executed by the owner after all tables are there.

-- Written by append() and restore_events() only, which check teams themselves.
ALTER TABLE events ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_every_team ON events FOR SELECT TO dyad_consumer, dyad_relay USING (true);
CREATE POLICY of_my_teams ON events FOR SELECT TO dyad_writer, dyad_reader
    USING (team_id = ANY ((SELECT my_teams())::text[]) OR (SELECT my_teams()) = '{*}');

ALTER TABLE posts ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_every_team ON posts TO dyad_consumer USING (true);
CREATE POLICY of_my_teams ON posts TO dyad_writer, dyad_reader
    USING (team_id = ANY ((SELECT my_teams())::text[]) OR (SELECT my_teams()) = '{*}');

ALTER TABLE rule_outcomes ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_every_team ON rule_outcomes TO dyad_consumer USING (true);
CREATE POLICY of_my_teams ON rule_outcomes TO dyad_writer, dyad_reader
    USING (team_id = ANY ((SELECT my_teams())::text[]) OR (SELECT my_teams()) = '{*}');

ALTER TABLE case_references ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_every_team ON case_references TO dyad_consumer USING (true);
CREATE POLICY of_my_teams ON case_references TO dyad_writer, dyad_reader
    USING (team_id = ANY ((SELECT my_teams())::text[]) OR (SELECT my_teams()) = '{*}');

ALTER TABLE timers ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_every_team ON timers TO dyad_consumer USING (true);
CREATE POLICY of_my_teams ON timers TO dyad_writer, dyad_reader
    USING (team_id = ANY ((SELECT my_teams())::text[]) OR (SELECT my_teams()) = '{*}');

-- A stream to be looked at again is put here before it begins, so what may be written is not asked.
ALTER TABLE rechecks ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_every_team ON rechecks TO dyad_consumer USING (true);
CREATE POLICY of_my_teams ON rechecks TO dyad_writer, dyad_reader
    USING (
        (SELECT my_teams()) = '{*}'
        OR EXISTS (SELECT FROM events e WHERE e.stream = rechecks.stream AND e.version = 1)
    )
    WITH CHECK (true);
ALTER TABLE teams_followed ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_every_team ON teams_followed TO dyad_consumer USING (true);
CREATE POLICY of_my_teams ON teams_followed FOR SELECT TO dyad_reader
    USING (team_id = ANY ((SELECT my_teams())::text[]) OR (SELECT my_teams()) = '{*}');

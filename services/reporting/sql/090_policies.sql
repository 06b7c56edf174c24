-- policies: who sees which row of reporting's views; see shared/bus/sql/policies.sql. Executed after all tables are there.
ALTER TABLE case_history ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_every_team ON case_history TO dyad_consumer USING (true);
CREATE POLICY of_my_teams ON case_history FOR SELECT TO dyad_reader
    USING (team_id = ANY ((SELECT my_teams())::text[]) OR (SELECT my_teams()) = '{*}');

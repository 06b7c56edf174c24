-- case_history gets what M16 asks: the days on which a baby of the case went to live with others. work_history gets the
-- planned series to which an activity belongs (M18); `definition` comes last in each of its rows, so that column is made
-- anew after it, and with it every row.
DROP VIEW seen_history, seen_work;
ALTER TABLE case_history ADD COLUMN moves date[];
ALTER TABLE work_history DROP COLUMN definition;
ALTER TABLE work_history ADD COLUMN series_id uuid, ADD COLUMN definition integer NOT NULL DEFAULT 0;
ALTER TABLE work_history ALTER COLUMN definition DROP DEFAULT;
CREATE VIEW seen_history AS
SELECT * FROM case_history WHERE team_id = ANY ((SELECT my_teams())::text[]) OR (SELECT my_teams()) = '{*}';
CREATE VIEW seen_work AS
SELECT * FROM work_history WHERE team_id = ANY ((SELECT my_teams())::text[]) OR (SELECT my_teams()) = '{*}';
GRANT SELECT ON seen_history, seen_work TO dyad_reader;

-- case_history gets what M8 asks: each word about a component of the programme (from which day, which one, how many
-- sessions; null: it was taken out), in the order of the stream, and the days on which the tier stepped up or down.
ALTER TABLE case_history
    ADD COLUMN plan_days date[],
    ADD COLUMN plan_components text[],
    ADD COLUMN plan_sessions integer[],
    ADD COLUMN step_days date[],
    ADD COLUMN step_directions text[];
DROP VIEW seen_history;
CREATE VIEW seen_history AS
SELECT * FROM case_history WHERE team_id = ANY ((SELECT my_teams())::text[]) OR (SELECT my_teams()) = '{*}';
GRANT SELECT ON seen_history TO dyad_reader;

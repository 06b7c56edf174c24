-- case_history gets the two firsts of the English four-week clock that no milestone says: the first score of a measure on
-- the national list, and the first session with other professionals about the family. With the first attended contact
-- and the agreed care plan, which are there, W8 of the whole network is one query over these rows. The view is made anew
-- with them; why it has its condition, and what it must never lose: see 0003.
ALTER TABLE case_history ADD COLUMN listed_measure_on date, ADD COLUMN indirect_on date;
DROP VIEW seen_history;
CREATE VIEW seen_history AS
SELECT * FROM case_history WHERE team_id = ANY ((SELECT my_teams())::text[]) OR (SELECT my_teams()) = '{*}';
GRANT SELECT ON seen_history TO dyad_reader;

-- my_teams: the codes of the teams whose rows the caller of this transaction may see and write, as the service said them
-- with set_config('dyad.teams', ..., true); '{*}' = every team. Null or empty when nothing was said: then row-level
-- security shows nothing. Every policy asks it once a statement, in a scalar sub-select. Every service's database has it.
--
-- The setting holds for one transaction. It must never be set for a session: the next user of the connection would have
-- the teams of the one before.
CREATE FUNCTION my_teams() RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE
RETURN string_to_array(nullif(current_setting('dyad.teams', true), ''), ',');

GRANT EXECUTE ON FUNCTION my_teams TO dyad_writer, dyad_relay, dyad_consumer, dyad_reader;

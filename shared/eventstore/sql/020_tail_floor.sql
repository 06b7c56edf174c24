-- tail_floor: one row; nothing will ever be recorded at or below this instant again (null = never raised).
-- The relay raises it before it reads the sequence, append() reads it after its numbers: so a clock that steps back
-- cannot put an event under an instant that was announced as complete (design 3, "Complete to").
-- `restored_to`: up to where the history was brought back, if it was: no deadline rings for what was due by then.
CREATE TABLE tail_floor (
    one         boolean PRIMARY KEY DEFAULT true CHECK (one),
    floor       timestamptz,
    restored_to timestamptz
) WITH (fillfactor = 10);
INSERT INTO tail_floor DEFAULT VALUES;

GRANT SELECT ON tail_floor TO dyad_writer, dyad_relay, dyad_consumer, dyad_reader;

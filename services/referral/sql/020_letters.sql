-- What people decide about letters that did not leave: rows are only ever added. Its letter's row says what stands.
CREATE TABLE letter_decisions (
    letter_id  uuid NOT NULL REFERENCES letters,
    decision   text NOT NULL CHECK (decision IN ('retry', 'give_up')),
    reason     text NOT NULL, -- a code
    decided_by text NOT NULL, -- opaque id
    at         timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX letter_decisions_letter ON letter_decisions (letter_id);

ALTER TABLE letter_decisions ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_my_teams ON letter_decisions TO dyad_writer, dyad_reader
    USING (EXISTS (SELECT FROM letters l WHERE l.id = letter_decisions.letter_id));

-- The outbox works as dyad_writer, for every team: only that role may read the keys of people.
GRANT UPDATE ON letters TO dyad_writer;
GRANT SELECT, INSERT ON letter_decisions TO dyad_writer;
GRANT SELECT ON letter_decisions TO dyad_reader;

-- Erasures as they are asked for, decided and done: rows are only ever added, nobody has a right to change one.
CREATE TABLE erasure_requests (
    request_id uuid PRIMARY KEY,
    subject uuid NOT NULL,
    reason text NOT NULL,
    asked_by text NOT NULL, -- opaque id of the first person
    asked_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX erasure_requests_subject ON erasure_requests (subject);

CREATE TABLE erasure_steps (
    request_id uuid NOT NULL REFERENCES erasure_requests,
    step text NOT NULL CHECK (step IN ('approved', 'cancelled', 'executed')),
    by text NOT NULL, -- opaque id; of the second person where it is approved
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    not_before timestamptz, -- of an approval: until then it can be cancelled
    PRIMARY KEY (request_id, step),
    CHECK ((step = 'approved') = (not_before IS NOT NULL))
);

GRANT SELECT, INSERT ON erasure_requests, erasure_steps TO dyad_writer, dyad_consumer;
GRANT SELECT ON erasure_requests, erasure_steps TO dyad_reader;

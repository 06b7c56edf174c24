-- relay_position: one row; how far this store's events have been acknowledged by Kafka, and by which topic.
-- Moved by compare-and-set on the connection that holds the relay's lock, so a relay that lost its lock cannot move it.
-- `next_offsets` is the next offset of every partition as far as it was acknowledged: a topic that ends below was emptied.
CREATE TABLE relay_position (
    one          boolean PRIMARY KEY DEFAULT true CHECK (one),
    position     bigint NOT NULL DEFAULT 0,
    topic_id     uuid,
    next_offsets bigint[] NOT NULL DEFAULT '{}'
) WITH (fillfactor = 10);
INSERT INTO relay_position DEFAULT VALUES;

GRANT SELECT, UPDATE ON relay_position TO dyad_relay;
GRANT SELECT ON relay_position TO dyad_writer, dyad_consumer, dyad_reader;

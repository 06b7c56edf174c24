-- What the whole pathway says of a case: who counts on which day (a column of days beside each list of people; null:
-- always), steps of tier and complexity (two columns of one length, in order of the day), pauses, births, endings.
-- `definition`: by which definition of the fold a row was made; the consumer makes rows of another number anew when it
-- starts. The new columns stand last: write_case_history inserts whole rows in the order of the columns.
ALTER TABLE case_history
    ADD COLUMN caregiver_days daterange[],
    ADD COLUMN relationship_days daterange[],
    ADD COLUMN born_on date[] NOT NULL DEFAULT '{}',
    ADD COLUMN due_on date[] NOT NULL DEFAULT '{}',
    ADD COLUMN pregnancy_ended_on date,
    ADD COLUMN programme_completed_on date,
    ADD COLUMN tier_days date[],
    ADD COLUMN tier_steps text[],
    ADD COLUMN complexity_days date[],
    ADD COLUMN complexity_steps integer[],
    ADD COLUMN pauses datemultirange,
    ADD COLUMN family_pauses datemultirange,
    ADD COLUMN abandoned datemultirange,
    ADD COLUMN definition integer NOT NULL DEFAULT 1;

-- The buttons under a message, as JSON rows; and the message that is changed instead of sending another.
ALTER TABLE outbox ADD COLUMN buttons TEXT;
ALTER TABLE outbox ADD COLUMN edits BIGINT;

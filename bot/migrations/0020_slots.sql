-- The forum topic a message belongs to; absent in General and outside forums.
ALTER TABLE outbox ADD COLUMN thread BIGINT;
-- Messages of one slot replace each other: a later one edits the message that an earlier one became.
ALTER TABLE outbox ADD COLUMN slot TEXT;
-- The id that Telegram gave the message.
ALTER TABLE outbox ADD COLUMN message BIGINT;

-- How urgent a message is; of the messages owed to a chat the smallest number is sent first.
ALTER TABLE outbox ADD COLUMN priority BIGINT NOT NULL DEFAULT 1;
-- The alerts that the message is about, as JSON; absent where it is about none.
ALTER TABLE outbox ADD COLUMN alerts TEXT;
-- A file that the text is the caption of.
ALTER TABLE outbox ADD COLUMN document BLOB;
ALTER TABLE outbox ADD COLUMN document_name TEXT;
-- When the last attempt began.
ALTER TABLE outbox ADD COLUMN tried_at BIGINT;
-- Whether an attempt began of which nobody knows how it ended.
ALTER TABLE outbox ADD COLUMN in_doubt BOOLEAN NOT NULL DEFAULT FALSE;
-- How often it was sent although an earlier attempt may have arrived: the message is possibly repeated.
ALTER TABLE outbox ADD COLUMN repeats BIGINT NOT NULL DEFAULT 0;
DROP INDEX outbox_owed;
CREATE INDEX outbox_owed ON outbox (priority, id) WHERE ended_at IS NULL;

-- What is known of chats that cannot be written to now.
CREATE TABLE chats (
    chat          BIGINT PRIMARY KEY,
    -- Since when every message is refused, why, and whether other chats were told.
    refused_since BIGINT,
    reason        TEXT,
    is_announced  BOOLEAN NOT NULL DEFAULT FALSE,
    -- Until when Telegram asks to wait.
    not_before    BIGINT
);

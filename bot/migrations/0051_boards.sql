-- The board of a chat and topic: one pinned message, which is changed in place.
CREATE TABLE boards (
    chat     BIGINT NOT NULL,
    -- The forum topic; 0 in General and outside forums.
    thread   BIGINT NOT NULL,
    -- Its id in Telegram; absent until it was sent.
    message  BIGINT,
    -- Whether the bot pinned it.
    is_pinned BOOLEAN NOT NULL DEFAULT FALSE,
    -- The page that it shows, counted from 1, and the text as it was owed last, without its time.
    page     BIGINT NOT NULL,
    text     TEXT NOT NULL,
    owed_at  BIGINT NOT NULL,
    -- When somebody last asked for it.
    asked_at BIGINT NOT NULL,
    PRIMARY KEY (chat, thread)
);
-- Whether a message owed is a board: it is pinned when it was sent, and never sent again where it cannot be changed.
ALTER TABLE outbox ADD COLUMN is_board BOOLEAN NOT NULL DEFAULT FALSE;

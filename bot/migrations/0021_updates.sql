-- Updates as they came from Telegram, kept until they are answered, and a while longer to know a repeated one.
CREATE TABLE updates (
    id          BIGINT PRIMARY KEY,
    chat        BIGINT NOT NULL,
    heard       TEXT NOT NULL,
    heard_at    BIGINT NOT NULL,
    answered_at BIGINT
);
CREATE INDEX updates_unanswered ON updates (id) WHERE answered_at IS NULL;

-- What each button does: the command that it stands for.
CREATE TABLE intents (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    chat    BIGINT NOT NULL,
    command TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    UNIQUE (chat, command)
);

-- Updates as they came from Telegram, kept until they are answered, and a while longer to know a repeated one.
CREATE TABLE updates (
    id          BIGINT PRIMARY KEY,
    chat        BIGINT NOT NULL,
    heard       TEXT NOT NULL,
    heard_at    BIGINT NOT NULL,
    answered_at BIGINT
);
CREATE INDEX updates_unanswered ON updates (id) WHERE answered_at IS NULL;

-- What each button does: the command it stands for, and who did it when, for commands that are done once.
CREATE TABLE intents (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    chat    BIGINT NOT NULL,
    command TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    done_at BIGINT,
    done_by TEXT
);
CREATE UNIQUE INDEX intents_to_do ON intents (chat, command) WHERE done_at IS NULL;

-- What was changed from the chat: roles of people, chats that were paired, what a chat wants, levels, snoozes of alerts.
-- Each row holds before what the configuration file says.
CREATE TABLE settings (
    -- What kind of setting it is, and which one.
    kind       TEXT NOT NULL,
    name       TEXT NOT NULL,
    -- JSON.
    value      TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    -- Who changed it: the id and the name in Telegram.
    person     BIGINT NOT NULL,
    person_name TEXT NOT NULL,
    PRIMARY KEY (kind, name)
);

-- Every change that somebody made. Rows are only added.
CREATE TABLE audit (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    at          BIGINT NOT NULL,
    -- Who, and in which chat; the terminal has 0 for both.
    person      BIGINT NOT NULL,
    person_name TEXT NOT NULL,
    chat        BIGINT NOT NULL,
    -- What was done, and to whom or what: a customer's id, a person's, a chat's.
    action      TEXT NOT NULL,
    subject     TEXT NOT NULL,
    -- In words; absent where there was nothing, or is nothing.
    before      TEXT,
    after       TEXT
);
CREATE INDEX audit_at ON audit (at);

-- One-time codes of `vobiz-bot pair`, hashed. A code that was used is deleted.
CREATE TABLE codes (
    hash       BLOB PRIMARY KEY,
    role       TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- Instants are whole microseconds since 1970 in UTC.

-- Alerts that are pending or firing; a wallet that is fine has no row.
CREATE TABLE alerts (
    rule    TEXT NOT NULL,
    subject TEXT NOT NULL,
    state   TEXT NOT NULL,
    PRIMARY KEY (rule, subject)
);

-- Things of which there is one: whether the service can be read, the last update handled.
CREATE TABLE facts (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- Messages owed and, for a while, those delivered. A row per recipient.
CREATE TABLE outbox (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    chat      BIGINT NOT NULL,
    html      TEXT NOT NULL,
    picture   BLOB,
    silent    BOOLEAN NOT NULL,
    made_at   BIGINT NOT NULL,
    attempts  BIGINT NOT NULL DEFAULT 0,
    ended_at  BIGINT,
    -- Why it was given up; absent when it was delivered.
    failure   TEXT
);
CREATE INDEX outbox_owed ON outbox (chat, id) WHERE ended_at IS NULL;

-- When each chat's next daily summary is due, and the local time that was computed from.
CREATE TABLE schedule (
    chat   BIGINT PRIMARY KEY,
    spec   TEXT NOT NULL,
    due_at BIGINT NOT NULL
);

-- Chats that are not served and were told so.
CREATE TABLE strangers (
    chat    BIGINT PRIMARY KEY,
    told_at BIGINT NOT NULL
);

-- Groups that became supergroups under another id.
CREATE TABLE moves (
    old_chat BIGINT PRIMARY KEY,
    new_chat BIGINT NOT NULL
);

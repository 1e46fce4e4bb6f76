-- What wallets read over time. Amounts are decimal text, exact to the last digit.

-- Every wallet ever listed, as it was in the last sweep that read it.
CREATE TABLE wallets (
    id            INTEGER PRIMARY KEY,
    auth_id       TEXT NOT NULL UNIQUE,
    name          TEXT,
    prepaid       BOOLEAN NOT NULL,
    active        BOOLEAN NOT NULL,
    auto_recharge BOOLEAN NOT NULL,
    currency      TEXT,
    -- Absent until it was read once.
    balance       TEXT
);

-- The sweeps that took place: where there is none, nothing is known.
CREATE TABLE polls (
    id INTEGER PRIMARY KEY,
    at BIGINT NOT NULL
);
CREATE INDEX polls_at ON polls (at);

-- Changes of balances, of all wallets. A wallet without a row in a sweep read the same as before; a row without a balance
-- was not read in that one sweep. New rows go to the end of the table, and one wallet's rows are found sweep by sweep.
CREATE TABLE samples (
    poll    INTEGER NOT NULL,
    wallet  INTEGER NOT NULL,
    balance TEXT,
    PRIMARY KEY (poll, wallet)
) WITHOUT ROWID;

-- What was decided: each change of an alert with the numbers it was decided on.
CREATE TABLE transitions (
    id       INTEGER PRIMARY KEY,
    at       BIGINT NOT NULL,
    rule     TEXT NOT NULL,
    subject  TEXT NOT NULL,
    change   TEXT NOT NULL,
    severity TEXT NOT NULL,
    value    TEXT NOT NULL,
    level    TEXT NOT NULL,
    reason   TEXT NOT NULL
);
CREATE INDEX transitions_of_subject ON transitions (subject, at);

-- What all wallets of a currency held together, in each sweep that listed every customer. A wallet that was not read counts with
-- its last balance; one that never was does not count.
CREATE TABLE totals (
    poll     INTEGER NOT NULL,
    currency TEXT NOT NULL,
    -- Decimal text.
    balance  TEXT NOT NULL,
    wallets  BIGINT NOT NULL,
    unread   BIGINT NOT NULL,
    PRIMARY KEY (poll, currency)
);
CREATE INDEX transitions_at ON transitions (at);

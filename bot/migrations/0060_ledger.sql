-- Movements of wallets that are not calls, from their ledgers. Amounts are decimal text; below zero when money left the wallet.
CREATE TABLE ledger (
    id      TEXT PRIMARY KEY,
    auth_id TEXT NOT NULL,
    at      BIGINT NOT NULL,
    kind    TEXT NOT NULL,
    amount  TEXT NOT NULL
);
CREATE INDEX ledger_of_wallet ON ledger (auth_id, at);

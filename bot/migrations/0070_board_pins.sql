-- Whether a board was sent and nobody tried to pin it yet.
ALTER TABLE boards ADD COLUMN is_pin_owed BOOLEAN NOT NULL DEFAULT FALSE;

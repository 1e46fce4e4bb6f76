-- The form in which a profile is written. One of another form is not read: the wallet is learned again.
ALTER TABLE profiles ADD COLUMN version BIGINT NOT NULL DEFAULT 1;

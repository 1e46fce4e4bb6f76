-- What is remembered of each wallet, for forecasts.
CREATE TABLE profiles (
    subject TEXT PRIMARY KEY,
    profile BLOB NOT NULL,
    kept_at BIGINT NOT NULL
);

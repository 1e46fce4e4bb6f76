-- When each chat's next summary of each kind is due, and the local time that was computed from.
CREATE TABLE schedules (
    chat   BIGINT NOT NULL,
    -- daily, weekly, monthly
    kind   TEXT NOT NULL,
    spec   TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    PRIMARY KEY (chat, kind)
);
INSERT INTO schedules (chat, kind, spec, due_at) SELECT chat, 'daily', spec, due_at FROM schedule;
DROP TABLE schedule;
ALTER TABLE schedules RENAME TO schedule;

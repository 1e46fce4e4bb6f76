ALTER TABLE strangers RENAME COLUMN told_at TO answered_at;

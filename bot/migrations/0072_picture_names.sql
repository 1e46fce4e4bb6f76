-- What a picture is called where it is saved; one that was owed before has none.
ALTER TABLE outbox ADD COLUMN picture_name TEXT;

-- Nothing is appended to an ended log any more; authenticated like the other columns.
ALTER TABLE log ADD COLUMN ended INTEGER NOT NULL DEFAULT 0;

PRAGMA user_version = 2;

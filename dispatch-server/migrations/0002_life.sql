-- Lives of this store. One that was put back from a backup begins another (`dispatch-server restored`): positions and
-- logs count inside one life.
CREATE TABLE life (
    n        INTEGER PRIMARY KEY,
    id       BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    begun_at BIGINT  NOT NULL
);
PRAGMA user_version = 2;

-- Frozen once released; a change is a new file with the next number.
PRAGMA application_id = 1296781151;

CREATE TABLE meta (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- One row per log ever begun here. `sealed` holds the digest of the newest entry; every other column is authenticated by it.
CREATE TABLE log (
    log          BLOB    NOT NULL PRIMARY KEY CHECK (length(log) = 16),
    kind         INTEGER NOT NULL,                -- 1 case, 2 unit
    case_id      BLOB,                            -- 16 bytes where kind = 1
    begun_at     INTEGER NOT NULL,                -- UTC microseconds
    closed       INTEGER NOT NULL,
    head         INTEGER NOT NULL,
    acknowledged INTEGER NOT NULL,
    kept_from    INTEGER NOT NULL,
    forked_at    INTEGER,
    sealed       BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

-- `sealed` is opened with (log, seq, schema) as its name: a row moved elsewhere does not open.
CREATE TABLE entry (
    log         BLOB    NOT NULL REFERENCES log (log),
    seq         INTEGER NOT NULL CHECK (seq >= 1),
    schema      INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,                 -- UTC microseconds
    sealed      BLOB    NOT NULL,
    PRIMARY KEY (log, seq)
) STRICT, WITHOUT ROWID;

-- When which part of a log was acknowledged: one row per acknowledgement, so that entries need not be written again.
CREATE TABLE acknowledgement (
    log     BLOB    NOT NULL REFERENCES log (log),
    through INTEGER NOT NULL,
    at      INTEGER NOT NULL,                     -- UTC microseconds
    PRIMARY KEY (log, through)
) STRICT, WITHOUT ROWID;

CREATE TABLE wedged (
    log    BLOB    NOT NULL REFERENCES log (log),
    seq    INTEGER NOT NULL,
    reason INTEGER NOT NULL,
    at     INTEGER NOT NULL,                      -- UTC microseconds
    PRIMARY KEY (log, seq)
) STRICT, WITHOUT ROWID;

-- `sealed` is opened with the key as its name. Keys hold ids only.
CREATE TABLE state (
    key    TEXT NOT NULL PRIMARY KEY,
    sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 1;

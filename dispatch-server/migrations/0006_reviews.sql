-- Looks without consent (同意取得困難), written with the audit entries that begin and complete them. Those that were begun
-- by an earlier release stand in the audit only.
CREATE TABLE emergency_look (
    lookup     BLOB   PRIMARY KEY CHECK (length(lookup) = 16),
    case_id    BLOB   NOT NULL,
    department BLOB   NOT NULL,
    person     BLOB,
    device     BLOB,
    reason     TEXT   NOT NULL,
    begun_at   BIGINT NOT NULL,
    chain      BLOB   NOT NULL,
    seq        BIGINT NOT NULL,
    ended      TEXT,
    reviewed   INTEGER NOT NULL DEFAULT 0
);
-- The console counts the open ones again and again; reviewed ones grow for years.
CREATE INDEX emergency_look_open ON emergency_look (department, begun_at) WHERE reviewed = 0;
CREATE INDEX emergency_look_by_department ON emergency_look (department);
CREATE UNIQUE INDEX emergency_look_by_entry ON emergency_look (chain, seq);

-- What a reviewer said: once, never changed.
CREATE TABLE review (
    lookup    BLOB   PRIMARY KEY REFERENCES emergency_look (lookup),
    judgement TEXT   NOT NULL,
    note      TEXT,
    reviewer  BLOB   NOT NULL,
    reviewed_at BIGINT NOT NULL
);
PRAGMA user_version = 6;

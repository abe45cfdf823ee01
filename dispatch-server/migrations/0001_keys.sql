-- The key store: one random key per look-up. Never backed up; deleting a row is destroying a history.

CREATE TABLE history_key (
    lookup BLOB PRIMARY KEY,
    case_id BLOB NOT NULL,
    secret BLOB NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX history_key_by_case ON history_key (case_id);

PRAGMA user_version = 1;

-- The second factor of people who sign in on pages: an app's secret, sealed under a key that is no part of the database,
-- and the newest step whose code was used.
CREATE TABLE second_factor (
    account      BLOB    PRIMARY KEY REFERENCES account (id),
    sealed       BLOB    NOT NULL,
    set_at       BIGINT  NOT NULL,
    last_step    BIGINT  NOT NULL,
    wrong        INTEGER NOT NULL,
    locked_until BIGINT
);
-- One-time codes of supervisors, by hash: at most one an account.
CREATE TABLE recovery_code (
    account BLOB   PRIMARY KEY REFERENCES account (id),
    hash    BLOB   NOT NULL CHECK (length(hash) = 32),
    until   BIGINT NOT NULL
);
-- Registered terminals, by the hash of their long-lived cookie.
CREATE TABLE terminal (
    id            BLOB   PRIMARY KEY CHECK (length(id) = 16),
    scope_kind    TEXT   NOT NULL,
    scope         BLOB   NOT NULL,
    name          TEXT   NOT NULL,
    token         BLOB   NOT NULL UNIQUE CHECK (length(token) = 32),
    registered_by BLOB   NOT NULL REFERENCES account (id),
    registered_at BIGINT NOT NULL,
    revoked_at    BIGINT
);
CREATE INDEX terminal_by_scope ON terminal (scope_kind, scope);
-- When an account showed its second factor on a terminal last.
CREATE TABLE terminal_shown (
    terminal BLOB   NOT NULL REFERENCES terminal (id),
    account  BLOB   NOT NULL REFERENCES account (id),
    shown_at BIGINT NOT NULL,
    PRIMARY KEY (terminal, account)
);
-- Sessions that were opened before there was a second factor go on.
ALTER TABLE session ADD COLUMN confirmed INTEGER NOT NULL DEFAULT 1;
PRAGMA user_version = 16;

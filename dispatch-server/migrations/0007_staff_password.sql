-- The staff password for 目視: which departments require it, who has one, and for which look-ups it was right.
CREATE TABLE staff_required (
    department BLOB PRIMARY KEY REFERENCES department (id)
);
CREATE TABLE staff_password (
    account      BLOB    PRIMARY KEY REFERENCES account (id),
    secret       TEXT    NOT NULL,
    issued_at    BIGINT  NOT NULL,
    wrong        INTEGER NOT NULL,
    locked_until BIGINT
);
CREATE TABLE staff_password_stood (
    account  BLOB   NOT NULL,
    lookup   BLOB   NOT NULL CHECK (length(lookup) = 16),
    stood_at BIGINT NOT NULL,
    PRIMARY KEY (account, lookup)
);
PRAGMA user_version = 7;

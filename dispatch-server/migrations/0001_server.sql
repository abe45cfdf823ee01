-- Ids are 16 bytes (BLOB; BYTEA in PostgreSQL), times are microseconds of UTC (BIGINT), hashes 32 bytes, words are TEXT.
-- Forward only: a released file is never changed.

CREATE TABLE log (
    log BLOB PRIMARY KEY,
    owner_kind TEXT NOT NULL,
    owner BLOB NOT NULL,
    head BIGINT NOT NULL,
    hash BLOB NOT NULL,
    forked_at BIGINT
);
CREATE INDEX log_by_owner ON log (owner_kind, owner);

CREATE TABLE entry (
    log BLOB NOT NULL,
    seq BIGINT NOT NULL,
    schema_no INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    hash BLOB NOT NULL,
    received_at BIGINT NOT NULL,
    stream_kind INTEGER,
    stream BLOB,
    position BIGINT,
    quarantine INTEGER,
    PRIMARY KEY (log, seq)
);
CREATE UNIQUE INDEX entry_by_stream ON entry (stream_kind, stream, position);

CREATE TABLE stream (
    kind INTEGER NOT NULL,
    id BLOB NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (kind, id)
);

CREATE TABLE cases (
    id BLOB PRIMARY KEY,
    department BLOB NOT NULL,
    incident BLOB,
    position BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    closed INTEGER NOT NULL,
    destination_version BIGINT,
    destination_hospital BLOB
);
CREATE INDEX cases_by_department ON cases (department, opened_at);

CREATE TABLE case_unit (
    case_id BLOB NOT NULL,
    unit BLOB NOT NULL,
    PRIMARY KEY (case_id, unit)
);
CREATE INDEX case_by_unit ON case_unit (unit);

CREATE TABLE case_hospital (
    case_id BLOB NOT NULL,
    hospital BLOB NOT NULL,
    PRIMARY KEY (case_id, hospital)
);
CREATE INDEX case_by_hospital ON case_hospital (hospital);

CREATE TABLE enquiry (
    id BLOB PRIMARY KEY,
    case_id BLOB NOT NULL,
    hospital BLOB NOT NULL,
    sent_at BIGINT NOT NULL,
    standing INTEGER NOT NULL,
    on_board INTEGER NOT NULL
);
CREATE INDEX enquiry_by_hospital ON enquiry (hospital, sent_at);
CREATE INDEX enquiry_standing ON enquiry (standing, sent_at);

-- One destination per version: the compare-and-set of the choice.
CREATE TABLE decided (
    case_id BLOB NOT NULL,
    version BIGINT NOT NULL,
    hospital BLOB NOT NULL,
    PRIMARY KEY (case_id, version)
);

CREATE TABLE fork (
    log BLOB NOT NULL,
    seq BIGINT NOT NULL,
    hash BLOB NOT NULL,
    bytes BLOB NOT NULL,
    received_at BIGINT NOT NULL
);

CREATE TABLE department (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    pref TEXT NOT NULL
);

CREATE TABLE unit (
    id BLOB PRIMARY KEY,
    department BLOB NOT NULL REFERENCES department (id),
    callsign TEXT NOT NULL,
    UNIQUE (department, callsign)
);

CREATE TABLE device (
    id BLOB PRIMARY KEY,
    unit BLOB NOT NULL REFERENCES unit (id),
    department BLOB NOT NULL REFERENCES department (id),
    name TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    enrolled_at BIGINT NOT NULL,
    revoked_at BIGINT
);

CREATE TABLE account (
    id BLOB PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    scope_kind TEXT NOT NULL,
    scope BLOB NOT NULL,
    roles TEXT NOT NULL,
    secret TEXT NOT NULL,
    one_time INTEGER NOT NULL,
    disabled INTEGER NOT NULL,
    wrong INTEGER NOT NULL DEFAULT 0,
    locked_until BIGINT
);

CREATE TABLE session (
    id BLOB PRIMARY KEY,
    account BLOB NOT NULL REFERENCES account (id),
    device BLOB,
    token BLOB UNIQUE,
    question BLOB UNIQUE,
    opened_at BIGINT NOT NULL,
    until BIGINT NOT NULL,
    ended INTEGER NOT NULL
);

-- `capability` is '' for the whole hospital: NULL would not be unique.
CREATE TABLE capacity (
    hospital BLOB NOT NULL,
    capability TEXT NOT NULL,
    at BIGINT NOT NULL,
    report TEXT NOT NULL,
    PRIMARY KEY (hospital, capability)
);

CREATE TABLE decision (
    id BLOB PRIMARY KEY,
    question BLOB NOT NULL UNIQUE,
    case_id BLOB NOT NULL,
    department BLOB NOT NULL,
    unit BLOB NOT NULL,
    at BIGINT NOT NULL,
    lookup BLOB,
    alert_rules TEXT,
    request BLOB NOT NULL,
    output BLOB NOT NULL
);
CREATE INDEX decision_by_case ON decision (case_id, at);

CREATE TABLE audit_entry (
    chain BLOB NOT NULL,
    seq BIGINT NOT NULL,
    bytes BLOB NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (chain, seq)
);

-- A look-up: `sealed` is NULL while it is being fetched. The key lies in another database.
CREATE TABLE lookup (
    id BLOB PRIMARY KEY,
    case_id BLOB NOT NULL,
    department BLOB,
    claimed_at BIGINT NOT NULL,
    held INTEGER NOT NULL,
    expires_at BIGINT,
    sealed BLOB
);
CREATE INDEX lookup_by_case ON lookup (case_id);

-- Hospital tables that were imported; the newest counts, none means the embedded edition.
CREATE TABLE hospital_table (
    imported_at BIGINT PRIMARY KEY,
    sha256 TEXT NOT NULL,
    csv TEXT NOT NULL
);

PRAGMA user_version = 1;

-- What hospitals file ahead of need. A week is 168 hours from Monday 0:00 in Japan, one letter each: 2 ◎, 1 ○, 0 ×, . nothing.
CREATE TABLE capacity_week (
    hospital   BLOB   NOT NULL,
    -- As in the table of capacity; empty = the whole hospital.
    capability TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    levels     TEXT   NOT NULL,
    PRIMARY KEY (hospital, capability)
);

-- Places by triage colour for a mass-casualty incident.
CREATE TABLE mass_offer (
    hospital BLOB   NOT NULL PRIMARY KEY,
    at       BIGINT NOT NULL,
    until    BIGINT NOT NULL,
    red      BIGINT NOT NULL,
    yellow   BIGINT NOT NULL,
    green    BIGINT NOT NULL,
    black    BIGINT NOT NULL
);

-- Bays of the emergency room as the desk counted them.
CREATE TABLE bays (
    hospital BLOB   NOT NULL PRIMARY KEY,
    at       BIGINT NOT NULL,
    taken    BIGINT NOT NULL,
    total    BIGINT NOT NULL
);
PRAGMA user_version = 10;

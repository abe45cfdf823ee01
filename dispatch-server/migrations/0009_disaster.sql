-- Disaster periods (災害時医療情報閲覧): one open row a department. A row whose time is over is closed when the next is opened.
CREATE TABLE disaster (
    department BLOB   NOT NULL REFERENCES department (id),
    opened_at  BIGINT NOT NULL,
    until      BIGINT NOT NULL,
    reason     TEXT   NOT NULL,
    -- Municipalities, one a line.
    area       TEXT   NOT NULL,
    opened_by  BLOB,
    ended_at   BIGINT,
    PRIMARY KEY (department, opened_at)
);
CREATE UNIQUE INDEX disaster_open ON disaster (department) WHERE ended_at IS NULL;

-- Units that work for another department during its period: one open row a unit.
CREATE TABLE relief (
    unit       BLOB   NOT NULL REFERENCES unit (id),
    opened_at  BIGINT NOT NULL,
    home       BLOB   NOT NULL,
    department BLOB   NOT NULL REFERENCES department (id),
    until      BIGINT NOT NULL,
    opened_by  BLOB,
    ended_at   BIGINT,
    PRIMARY KEY (unit, opened_at)
);
CREATE UNIQUE INDEX relief_open ON relief (unit) WHERE ended_at IS NULL;
CREATE INDEX relief_by_department ON relief (department);
PRAGMA user_version = 9;

-- What a returning fleet asks all at once, and what every suggestion asks, without reading whole tables.

DROP INDEX case_by_unit;
CREATE INDEX case_by_unit ON case_unit (unit, case_id);
DROP INDEX case_by_hospital;
CREATE INDEX case_by_hospital ON case_hospital (hospital, case_id);

-- The console's lists: what changed lately, and what is open.
CREATE INDEX cases_by_change ON cases (department, changed_at);
CREATE INDEX cases_open_by_department ON cases (department, opened_at) WHERE closed = 0;
-- Units on their way to hospitals, for every suggestion.
CREATE INDEX cases_open ON cases (changed_at) WHERE closed = 0;

-- Asked for every log that a tablet offers; a log of months has one such entry or none.
CREATE INDEX entry_in_quarantine ON entry (log, seq) WHERE quarantine IS NOT NULL;

CREATE INDEX device_revoked ON device (id) WHERE revoked_at IS NOT NULL;

PRAGMA user_version = 3;

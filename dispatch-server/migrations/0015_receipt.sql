-- Looks at histories by case: the names of the audit entries that begin and end each, for the patient's receipt. Written
-- with the entries. Looks that an earlier release began stand in the audit only.
CREATE TABLE case_look (
    case_id BLOB   NOT NULL CHECK (length(case_id) = 16),
    chain   BLOB   NOT NULL,
    seq     BIGINT NOT NULL,
    ended   BIGINT,
    PRIMARY KEY (chain, seq)
);
CREATE INDEX case_look_by_case ON case_look (case_id);

-- Whom a patient asks about a look, in the department's own words.
CREATE TABLE department_contact (
    department BLOB PRIMARY KEY REFERENCES department (id),
    words      TEXT NOT NULL
);
PRAGMA user_version = 15;

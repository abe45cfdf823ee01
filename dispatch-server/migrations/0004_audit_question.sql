-- Questions that have begun a look at history which the server holds already: asked again, they are not written again.
CREATE TABLE audit_question (
    question BLOB   PRIMARY KEY CHECK (length(question) = 16),
    chain    BLOB   NOT NULL,
    seq      BIGINT NOT NULL
);
PRAGMA user_version = 4;

-- Departments whose tablets offer the patient's PIN; the others do not.
CREATE TABLE pin_page (
    department BLOB PRIMARY KEY REFERENCES department (id)
);
PRAGMA user_version = 8;

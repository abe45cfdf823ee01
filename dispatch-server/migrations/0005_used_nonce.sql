-- Nonces that a card has signed over, and the look-up that each was used for: one, for ever.
CREATE TABLE used_nonce (
    nonce  BLOB PRIMARY KEY CHECK (length(nonce) = 40),
    lookup BLOB NOT NULL CHECK (length(lookup) = 16)
);
PRAGMA user_version = 5;

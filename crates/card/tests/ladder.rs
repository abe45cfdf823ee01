//! `docs/card-ladder.md` is written from the code: every way in which a card can fail, with its words.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that reads a document of the repository")]

use std::fmt::Write as _;
use std::path::Path;

use card::{CertificateFault, Failure, NumberPart};

/// `UPDATE_LADDER=1 cargo test -p card --test ladder` writes the document anew.
const REWRITE: &str = "UPDATE_LADDER";

const HEAD: &str = "# The ladder of the card

Every way in which a card can fail to be used as hoped, in the order in which it is met: the reason code (stable: logs, JSON,
translations), the sentence on the screen, the next step, and what the tablet records. Written from `card::Failure` by
`UPDATE_LADDER=1 cargo test -p card --test ladder`; the same test fails when this file is out of date.

A code in *italics* does not stand against a look-up: the crew may go on with the same card.

";

const NUMBER_HEAD: &str = "
## 照合番号B before it is presented

A keyed number of which a part cannot be right is not presented; the keypad says which part. No try is spent and nothing is
recorded.

| digits | 文 | sentence |
|---|---|---|
";

const SERVER_HEAD: &str = "
## The certificate at the server

Where roots of cards are configured (`dispatch-server card-roots`), the server looks at the certificate of every look-up before it
asks the national system: its use, its issuer, its period. What it refuses ends the look-up and stands in the audit.

| code | 文 | 次の一手 | sentence |
|---|---|---|---|
";

fn ladder() -> String {
    let mut out = HEAD.to_owned();
    out.push_str("| code | 文 | 次の一手 | sentence | next step | event |\n|---|---|---|---|---|---|\n");
    for failure in Failure::ALL {
        let code =
            if failure.stops_lookup() { format!("`{}`", failure.code()) } else { format!("*`{}`*", failure.code()) };
        let event = failure.event().text();
        let (ja, next_ja, en, next_en) = (failure.ja(), failure.next_ja(), failure.en(), failure.next_en());
        writeln!(out, "| {code} | {ja} | {next_ja} | {en} | {next_en} | {event} |").unwrap();
    }
    out.push_str(NUMBER_HEAD);
    for part in [NumberPart::EraYear, NumberPart::BirthMonth, NumberPart::BirthDay, NumberPart::ExpiryYear] {
        let places = part.places();
        writeln!(out, "| {}–{} | {} | {} |", places.start + 1, places.end, part.ja(), part.en()).unwrap();
    }
    out.push_str(SERVER_HEAD);
    for fault in CertificateFault::ALL {
        writeln!(out, "| `{}` | {} | {} | {} |", fault.code(), fault.ja(), fault.next_ja(), fault.en()).unwrap();
    }
    out
}

#[test]
fn the_document_says_what_the_code_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/card-ladder.md");
    let expected = ladder();
    if std::env::var_os(REWRITE).is_some() {
        std::fs::write(&path, &expected).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let first = expected.lines().zip(written.lines()).find(|(code, file)| code != file);
    assert!(
        written == expected,
        "docs/card-ladder.md is out of date; write it with `{REWRITE}=1 cargo test -p card --test ladder`: {first:?}"
    );
}

#[test]
fn no_sentence_names_a_count_that_only_one_card_has() {
    for (wrong, other) in [
        (Failure::PinWrong { left: 1 }, Failure::PinWrong { left: 2 }),
        (Failure::NumberBWrong { left: 1 }, Failure::NumberBWrong { left: 9 }),
    ] {
        assert_eq!((wrong.code(), wrong.ja(), wrong.next_en()), (other.code(), other.ja(), other.next_en()));
    }
}

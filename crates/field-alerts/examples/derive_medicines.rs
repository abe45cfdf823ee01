//! Derives the committed medicine tables from the public masters; what comes out is sorted by its key.
//!
//! ```text
//! cargo run -p field-alerts --example derive_medicines -- receipt     < receipt_master.csv > crates/field-alerts/rules/receipt.csv
//! cargo run -p field-alerts --example derive_medicines -- ingredients < price_list.csv     > crates/field-alerts/rules/ingredients.csv
//! cargo run -p field-alerts --example derive_medicines -- classes     < drug_classes.csv   > crates/field-alerts/rules/classes.csv
//! ```
//!
//! In: CSV in UTF-8 with a heading line that names the columns (`receipt_code9`, `price_code12`; `price_code12`,
//! `ingredient`; `class3`, `name`). Out: `key,value` lines. Exit code 2 when the input is not that.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::process::ExitCode;

/// Where key and value stand in the input, and how long the key is in the output.
struct Derivation {
    key: &'static str,
    key_chars: usize,
    value: &'static str,
}

fn derivation(name: &str) -> Option<Derivation> {
    Some(match name {
        "receipt" => Derivation { key: "receipt_code9", key_chars: 9, value: "price_code12" },
        "ingredients" => Derivation { key: "price_code12", key_chars: 7, value: "ingredient" },
        "classes" => Derivation { key: "class3", key_chars: 3, value: "name" },
        _ => return None,
    })
}

fn derive(wanted: &Derivation, input: impl Read, mut output: impl Write) -> Result<(), Box<dyn std::error::Error>> {
    let mut reader = csv::Reader::from_reader(input);
    let heading = reader.headers()?.clone();
    let column = |name: &str| heading.iter().position(|h| h == name).ok_or_else(|| format!("no column {name}"));
    let (key_at, value_at) = (column(wanted.key)?, column(wanted.value)?);
    // The first line of a key counts: the masters repeat an ingredient once for each brand.
    let mut table: BTreeMap<String, String> = BTreeMap::new();
    for record in reader.records() {
        let record = record?;
        let (key, value) = (record.get(key_at).unwrap_or_default(), record.get(value_at).unwrap_or_default());
        let key: String = key.chars().take(wanted.key_chars).collect();
        if key.chars().count() == wanted.key_chars && !value.is_empty() && !value.contains('\n') {
            table.entry(key).or_insert_with(|| value.replace('\u{3000}', " "));
        }
    }
    for (key, value) in table {
        writeln!(output, "{key},{value}")?;
    }
    Ok(())
}

fn main() -> ExitCode {
    let name = std::env::args().nth(1).unwrap_or_default();
    let Some(wanted) = derivation(&name) else { return refused("expected one of: receipt, ingredients, classes") };
    match derive(&wanted, std::io::stdin().lock(), std::io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => refused(&error.to_string()),
    }
}

fn refused(what: &str) -> ExitCode {
    // Nobody is left to tell when standard error is closed.
    drop(writeln!(std::io::stderr(), "derive_medicines: {what}"));
    ExitCode::from(2)
}

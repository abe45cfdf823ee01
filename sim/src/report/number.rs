//! Numbers as they are read: three digits that count, groups of three.

use serde::{Deserialize, Deserializer};

/// Above it a number is told in whole units.
const WHOLE_FROM: f64 = 100.0;
/// Above it digits are grouped.
const GROUPED_FROM: f64 = 1_000.0;
/// Below it, and above 0, a number is told as a power of ten.
const POWERS_BELOW: f64 = 0.000_1;
/// Above it too.
const POWERS_FROM: f64 = 1e15;
/// What stands for a number that is none.
pub(super) const NONE: &str = "–";

/// `5,334`, `38.2`, `0.216`, `1.2e-9`; halves are rounded to even.
pub(super) fn amount(value: f64) -> String {
    let size = value.abs();
    if !value.is_finite() {
        return NONE.to_owned();
    }
    if size != 0.0 && !(POWERS_BELOW..POWERS_FROM).contains(&size) {
        return format!("{value:.2e}");
    }
    if value.fract() == 0.0 || size >= WHOLE_FROM {
        return grouped(value);
    }
    // One whole digit leaves room for two others; every zero behind the point for one more.
    let decimals = if size == 0.0 { 0.0 } else { (2.0 - size.log10().floor()).clamp(1.0, 6.0) };
    trimmed(&format!("{value:.*}", decimals as usize))
}

/// A whole number, its digits in groups of three.
fn grouped(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    if value.abs() < GROUPED_FROM {
        return format!("{value:.0}");
    }
    let mut text = String::with_capacity(digits.len() * 4 / 3 + 1);
    if value < 0.0 {
        text.push('-');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn trimmed(text: &str) -> String {
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// JSON has no word for a number that is none: null stands for it, there and back.
pub(crate) fn nan_from_null<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    Ok(Option::<f64>::deserialize(from)?.unwrap_or(f64::NAN))
}

#[cfg(test)]
mod tests {
    use super::amount;

    #[test]
    fn three_digits_count() {
        let told = [0.0, 5_334.0, 38.249, 0.216_44, 1_234_567.8, 12.0, 0.000_000_001_2, -4_200.0, 99.96, 1.5, f64::NAN];
        let text = told.map(amount);
        assert_eq!(text, ["0", "5,334", "38.2", "0.216", "1,234,568", "12", "1.20e-9", "-4,200", "100", "1.5", "–"]);
    }
}

//! Dates as the format writes them: `YYYYMMDD`, or `GYYMMDD` with the era's letter.

use model::CivilDate;

/// An era's letter and the year before its first.
const ERAS: [(u8, i16); 5] = [(b'M', 1867), (b'T', 1911), (b'S', 1925), (b'H', 1988), (b'R', 2018)];

/// A date that exists. An era's years are counted on beyond its end (`H32`), because printed notebooks do.
pub(crate) fn read(text: &str) -> Option<CivilDate> {
    let (year, rest) = match text.len() {
        8 => (digits(text.get(..4)?)?, text.get(4..)?),
        7 => (era_year(text.get(..3)?)?, text.get(3..)?),
        _ => return None,
    };
    let month = i8::try_from(digits(rest.get(..2)?)?).ok()?;
    let day = i8::try_from(digits(rest.get(2..)?)?).ok()?;
    CivilDate::new(year, month, day)
}

fn era_year(text: &str) -> Option<i16> {
    let letter = text.bytes().next()?.to_ascii_uppercase();
    let (_, before) = ERAS.into_iter().find(|(era, _)| *era == letter)?;
    let year = digits(text.get(1..)?)?;
    (year > 0).then(|| before + year)
}

fn digits(text: &str) -> Option<i16> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_and_every_era() {
        let shown = |text| read(text).map(|date| date.to_string());
        for (text, date) in [
            ("20200410", "2020-04-10"),
            ("R020410", "2020-04-10"),
            ("S330303", "1958-03-03"),
            ("H310430", "2019-04-30"),
            ("H320401", "2020-04-01"),
            ("T010730", "1912-07-30"),
            ("M450729", "1912-07-29"),
            ("r010501", "2019-05-01"),
        ] {
            assert_eq!(shown(text).as_deref(), Some(date), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in ["", "R000410", "X020410", "20200230", "2020041", "R02041", "R+20410", "令020", "00000000"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}

//! What can be said of 照合番号B before it costs a try: which part cannot be right.
//!
//! The number is birth `YYMMDD` with the year of its *era*, the year of expiry `YYYY` and the security code, as printed
//! (layout: `myna-card`, checked on cards). It does not name the era: `55` is 昭和55 or none, `03` may be 明治, 大正, 昭和,
//! 平成 or 令和. So a keyed number is never turned into a date of birth: the card says that, in Gregorian years.

use model::CivilDate;
use myna_card::{Date, Era};

use crate::secret::NumberB;

/// Cards end on a 5th or 10th birthday after their issue, and none was issued before 2016.
pub const FIRST_EXPIRY_YEAR: u16 = 2020;
/// Longest life of a card, in years.
pub const MOST_YEARS_VALID: u16 = 10;

/// The part of a keyed number that no card has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NumberPart {
    /// 1st and 2nd digit: no era has such a year, or that day would still be to come.
    EraYear,
    /// 3rd and 4th digit.
    BirthMonth,
    /// 5th and 6th digit: the month has no such day, in no year that the number may mean.
    BirthDay,
    /// 7th to 10th digit: earlier than the first card's, or later than a card of today can say.
    ExpiryYear,
}

impl NumberPart {
    /// For the keypad, Japanese.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self {
            Self::EraYear => "生年（和暦2桁）を確かめてください。",
            Self::BirthMonth => "生まれ月（2桁）を確かめてください。",
            Self::BirthDay => "生まれた日（2桁）を確かめてください。",
            Self::ExpiryYear => "有効期限の年（西暦4桁）を確かめてください。",
        }
    }

    /// For the keypad, English.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::EraYear => "Check the year of birth (2 digits, Japanese era).",
            Self::BirthMonth => "Check the month of birth (2 digits).",
            Self::BirthDay => "Check the day of birth (2 digits).",
            Self::ExpiryYear => "Check the year of expiry (4 digits).",
        }
    }

    /// Places of the part among the fourteen digits, from 0.
    #[must_use]
    pub const fn places(self) -> std::ops::Range<usize> {
        match self {
            Self::EraYear => 0..2,
            Self::BirthMonth => 2..4,
            Self::BirthDay => 4..6,
            Self::ExpiryYear => 6..10,
        }
    }
}

impl NumberB {
    /// The parts that cannot be right on `today`, in the order of their places; empty when a card may have this number.
    /// Of the security code nothing can be said.
    #[must_use]
    pub fn implausible(&self, today: CivilDate) -> Vec<NumberPart> {
        let value = |part: NumberPart| {
            let digits = self.ascii().get(part.places()).unwrap_or_default();
            digits.iter().fold(0_u16, |sum, ascii| sum * 10 + u16::from(ascii - b'0'))
        };
        let (year, month) = (value(NumberPart::EraYear), value(NumberPart::BirthMonth));
        let (day, expiry) = (value(NumberPart::BirthDay), value(NumberPart::ExpiryYear));
        let latest = u16::try_from(today.year()).unwrap_or(u16::MAX).saturating_add(MOST_YEARS_VALID);
        let birth = implausible_birth(year, month, day, today);
        let expiry = (!(FIRST_EXPIRY_YEAR..=latest).contains(&expiry)).then_some(NumberPart::ExpiryYear);
        birth.into_iter().chain(expiry).collect()
    }
}

fn implausible_birth(year: u16, month: u16, day: u16, today: CivilDate) -> Vec<NumberPart> {
    let month_stands = (1..=12).contains(&month);
    let wrong = [
        (NumberPart::EraYear, !(1..=longest_era(today)).contains(&year)),
        (NumberPart::BirthMonth, !month_stands),
        (NumberPart::BirthDay, !(1..=if month_stands { most_days(month) } else { 31 }).contains(&day)),
    ];
    let found: Vec<_> = wrong.into_iter().filter(|(_, is_wrong)| *is_wrong).map(|(part, _)| part).collect();
    if !found.is_empty() || ERAS.into_iter().any(|era| may_be(era, year, month, day, today)) {
        return found;
    }
    // Each part may stand alone, but no era has that day: a 29 February of years that have none, or a day to come.
    let leap_day = (month, day) == (2, 29);
    let other_day_exists = ERAS.into_iter().any(|era| may_be(era, year, month, 28, today));
    vec![if leap_day && other_day_exists { NumberPart::BirthDay } else { NumberPart::EraYear }]
}

const ERAS: [Era; 5] = [Era::Meiji, Era::Taisho, Era::Showa, Era::Heisei, Era::Reiwa];

/// The highest year that any era reached by `today`.
fn longest_era(today: CivilDate) -> u16 {
    let showa = 1989 - Era::Showa.first_gregorian_year() + 1;
    let reiwa = u16::try_from(today.year()).unwrap_or(0).saturating_sub(Era::Reiwa.first_gregorian_year() - 1);
    showa.max(reiwa)
}

/// Days of a month in its longest year.
const fn most_days(month: u16) -> u16 {
    match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// True when this day lies in the era and not after `today`.
fn may_be(era: Era, year: u16, month: u16, day: u16, today: CivilDate) -> bool {
    let gregorian = era.first_gregorian_year() + year - 1;
    let (Ok(y), Ok(m), Ok(d)) = (i16::try_from(gregorian), i8::try_from(month), i8::try_from(day)) else {
        return false;
    };
    let (Some(date), Ok(month), Ok(day)) = (CivilDate::new(y, m, d), u8::try_from(month), u8::try_from(day)) else {
        return false;
    };
    date <= today && Date { year: gregorian, month, day }.to_era() == Some((era, year))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Keyed;
    use NumberPart::{BirthDay, BirthMonth, EraYear, ExpiryYear};
    use proptest::prelude::*;

    fn keyed(text: &str) -> NumberB {
        let mut keyed = Keyed::new();
        assert!(text.bytes().all(|ascii| keyed.push(ascii - b'0')));
        keyed.finish().ok().expect("fourteen digits")
    }

    fn wrong(text: &str) -> Vec<NumberPart> {
        keyed(text).implausible(CivilDate::new(2026, 11, 20).expect("a date"))
    }

    #[test]
    fn the_part_that_cannot_be_right_is_named() {
        assert_eq!(wrong("55021720352285"), [], "昭和55");
        assert_eq!(wrong("65021720352285"), [EraYear], "no era has 65 years");
        assert_eq!(wrong("00021720352285"), [EraYear]);
        assert_eq!(wrong("55131720352285"), [BirthMonth]);
        assert_eq!(wrong("55023020352285"), [BirthDay]);
        assert_eq!(wrong("55043120352285"), [BirthDay]);
        assert_eq!(wrong("55021719992285"), [ExpiryYear]);
        assert_eq!(wrong("55021720372285"), [ExpiryYear], "eleven years from now");
        assert_eq!(wrong("99990000002285"), [EraYear, BirthMonth, BirthDay, ExpiryYear]);
    }

    #[test]
    fn a_day_that_no_era_has_is_found() {
        assert_eq!(wrong("55022920352285"), [], "1980 is a leap year");
        assert_eq!(wrong("54022920352285"), [BirthDay], "昭和54 is not, and no other era has a year 54");
        assert_eq!(wrong("64010720352285"), [], "the last day of 昭和");
        assert_eq!(wrong("64010820352285"), [EraYear], "平成 began");
    }

    proptest! {
        #[test]
        fn no_card_of_today_is_refused(
            (year, month, day) in (1900_i16..=2026, 1_i8..=12, 1_i8..=31),
            expiry in 2020_u16..=2036,
            code in 0_u16..10_000,
        ) {
            let today = CivilDate::new(2026, 11, 20).expect("a date");
            let birth = CivilDate::new(year, month, day).filter(|date| *date <= today);
            prop_assume!(birth.is_some());
            let date = Date::parse(format!("{year:04}{month:02}{day:02}").as_bytes()).expect("a date");
            let code = myna_card::verification_code_b(date, expiry, format!("{code:04}").as_bytes()).expect("a number");
            let text = String::from_utf8(code.as_bytes().to_vec()).expect("digits");
            prop_assert_eq!(keyed(&text).implausible(today), []);
        }
    }
}

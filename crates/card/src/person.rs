//! Is this the patient? What the card says of a person against what the crew sees.

use std::fmt;

use model::{AgeBand, CivilDate, Sex};

use crate::attributes::Attributes;
use crate::face::Face;
use crate::failure::Failure;

/// An estimate is ten years wide, and people look older or younger than they are: a difference counts from this many
/// years beyond the estimate.
pub const AGE_TOLERANCE_YEARS: u8 = 10;

/// What a record says. Unknown parts are not compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Recorded {
    /// Date of birth.
    pub birth: Option<CivilDate>,
    /// Sex; `Unspecified` is unknown.
    pub sex: Sex,
}

/// What the crew sees. Unknown parts are not compared.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Observed {
    /// Age as estimated, ten years wide.
    pub age: Option<AgeBand>,
    /// Sex; `Unspecified` is unknown.
    pub sex: Option<Sex>,
}

/// One thing that does not fit.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// 性別.
    Sex {
        /// On the record.
        recorded: Sex,
        /// As seen.
        observed: Sex,
    },
    /// 年齢.
    Age {
        /// Full years on the record today.
        recorded: u8,
        /// As estimated.
        observed: AgeBand,
    },
    /// The record's date of birth is still to come.
    NotYetBorn,
}

/// The outcome of a comparison.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonCheck {
    /// What differs, empty when nothing does.
    pub differences: Vec<Difference>,
    /// How many of the two (age, sex) could be compared; with none, "no difference" says nothing.
    pub compared: u8,
}

impl PersonCheck {
    /// [`Failure::WrongPerson`] when anything differs.
    #[must_use]
    pub fn failure(&self) -> Option<Failure> {
        (!self.differences.is_empty()).then_some(Failure::WrongPerson)
    }
}

impl From<&Face> for Recorded {
    fn from(face: &Face) -> Self {
        Self { birth: face.birth, sex: face.sex }
    }
}

impl From<&Attributes> for Recorded {
    fn from(attributes: &Attributes) -> Self {
        Self { birth: attributes.birth, sex: attributes.sex }
    }
}

/// Compares age on `today` and sex.
#[must_use]
pub fn check_person(recorded: Recorded, observed: Observed, today: CivilDate) -> PersonCheck {
    let parts = [age(recorded.birth, observed.age, today), sex(recorded.sex, observed.sex)];
    PersonCheck {
        compared: parts.iter().map(|part| u8::from(!matches!(part, Part::Unknown))).sum(),
        differences: parts
            .into_iter()
            .filter_map(|part| if let Part::Differs(difference) = part { Some(difference) } else { None })
            .collect(),
    }
}

enum Part {
    Unknown,
    Fits,
    Differs(Difference),
}

fn age(birth: Option<CivilDate>, estimate: Option<AgeBand>, today: CivilDate) -> Part {
    let Some(birth) = birth else { return Part::Unknown };
    if birth > today {
        return Part::Differs(Difference::NotYetBorn);
    }
    let (Some(years), Some(observed)) = (birth.age_on(today), estimate) else {
        return Part::Unknown;
    };
    let from = observed.0.saturating_mul(10);
    // The last band is open to the end.
    let to = if observed.0 >= 9 { u8::MAX } else { from.saturating_add(9) };
    let fits = (from.saturating_sub(AGE_TOLERANCE_YEARS)..=to.saturating_add(AGE_TOLERANCE_YEARS)).contains(&years);
    if fits { Part::Fits } else { Part::Differs(Difference::Age { recorded: years, observed }) }
}

fn sex(recorded: Sex, observed: Option<Sex>) -> Part {
    match (recorded, observed) {
        (Sex::Unspecified, _) | (_, None | Some(Sex::Unspecified)) => Part::Unknown,
        (recorded, Some(observed)) if recorded == observed => Part::Fits,
        (recorded, Some(observed)) => Part::Differs(Difference::Sex { recorded, observed }),
    }
}

impl Difference {
    /// What differs, in Japanese, for the screen of the crew.
    #[must_use]
    pub fn ja(self) -> String {
        match self {
            Self::Sex { recorded, observed } => {
                format!("性別：カードは{}、観察は{}", recorded.ja(), observed.ja())
            }
            Self::Age { recorded, observed: AgeBand(0) } => format!("年齢：カードは{recorded}歳、観察は10歳未満"),
            Self::Age { recorded, observed: AgeBand(band @ 9..) } => {
                format!("年齢：カードは{recorded}歳、観察は{}歳以上", u16::from(band) * 10)
            }
            Self::Age { recorded, observed: AgeBand(band) } => {
                format!("年齢：カードは{recorded}歳、観察は{}代", u16::from(band) * 10)
            }
            Self::NotYetBorn => "生年月日：カードの日付が今日より後".to_owned(),
        }
    }

    /// What differs, in English.
    #[must_use]
    pub fn en(self) -> String {
        let word = |sex| match sex {
            Sex::Male => "male",
            Sex::Female => "female",
            Sex::Unspecified => "not said",
        };
        match self {
            Self::Sex { recorded, observed } => {
                format!("Sex: the card says {}, observed {}", word(recorded), word(observed))
            }
            Self::Age { recorded, observed: AgeBand(0) } => {
                format!("Age: the card says {recorded}, observed under 10")
            }
            Self::Age { recorded, observed: AgeBand(band) } => {
                format!("Age: the card says {recorded}, observed {}s", u16::from(band) * 10)
            }
            Self::NotYetBorn => "Date of birth: the card's is later than today".to_owned(),
        }
    }
}

impl fmt::Debug for Difference {
    /// Which thing, not its values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sex { .. } => "Sex",
            Self::Age { .. } => "Age",
            Self::NotYetBorn => "NotYetBorn",
        })
    }
}

impl fmt::Debug for PersonCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PersonCheck").field("differences", &self.differences).field("compared", &self.compared).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn today() -> CivilDate {
        CivilDate::new(2026, 11, 20).expect("a date")
    }

    fn check(birth: (i16, i8, i8), sex: Sex, band: Option<u8>, seen: Option<Sex>) -> PersonCheck {
        let recorded = Recorded { birth: CivilDate::new(birth.0, birth.1, birth.2), sex };
        check_person(recorded, Observed { age: band.map(AgeBand), sex: seen }, today())
    }

    #[test]
    fn an_old_woman_is_no_young_man() {
        let found = check((1948, 3, 8), Sex::Female, Some(3), Some(Sex::Male));
        assert_eq!(found.failure(), Some(Failure::WrongPerson));
        let words: Vec<_> = found.differences.iter().map(|d| d.ja()).collect();
        assert_eq!(words, ["年齢：カードは78歳、観察は30代", "性別：カードは女、観察は男"]);
        assert_eq!(found.differences[0].en(), "Age: the card says 78, observed 30s");
    }

    #[test]
    fn a_neighbouring_estimate_is_no_difference() {
        // 78 years: 60代 to 80代 fit.
        for (band, fits) in [(5, false), (6, true), (7, true), (8, true), (9, false)] {
            let found = check((1948, 3, 8), Sex::Female, Some(band), None);
            assert_eq!((found.failure().is_none(), found.compared), (fits, 1), "{band}");
        }
        assert!(check((1920, 1, 1), Sex::Female, Some(9), None).failure().is_none(), "106 is 90 and older");
    }

    #[test]
    fn what_is_unknown_is_not_compared() {
        let nothing = check((1948, 3, 8), Sex::Unspecified, None, Some(Sex::Male));
        assert_eq!((nothing.compared, nothing.failure()), (0, None));
        let no_day = check((1948, 0, 0), Sex::Female, Some(1), Some(Sex::Unspecified));
        assert_eq!((no_day.compared, no_day.failure()), (0, None));
        let to_come = check((2027, 1, 1), Sex::Female, None, None);
        assert_eq!(to_come.failure(), Some(Failure::WrongPerson));
    }

    proptest! {
        #[test]
        fn the_right_band_always_fits((year, month, day) in (1900_i16..=2026, 1_i8..=12, 1_i8..=31)) {
            let birth = CivilDate::new(year, month, day).filter(|birth| *birth <= today());
            prop_assume!(birth.is_some());
            let years = birth.and_then(|birth| birth.age_on(today())).expect("born");
            let found = check((year, month, day), Sex::Male, Some((years / 10).min(9)), Some(Sex::Male));
            prop_assert_eq!((found.failure(), found.compared), (None, 2));
        }
    }
}

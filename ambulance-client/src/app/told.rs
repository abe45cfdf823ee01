//! What is being keyed of a patient without a card: name in kana, date of birth, sex, address. In memory only; every text is
//! overwritten when it goes.

use crate::screens::without_card::Part;
use model::{CivilDate, Sex, Timestamp};
use patient_history::{ADDRESS_CHARS_MAX, KANA_CHARS_MAX, MedicalText, PersonAttributes};

/// Digits of an address's numbers at most, with what stands between them; further ones are ignored.
const NUMBERS_MAX: usize = 20;

/// A calendar's years.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Era {
    /// 西暦.
    #[default]
    Western,
    /// 大正.
    Taisho,
    /// 昭和.
    Showa,
    /// 平成.
    Heisei,
    /// 令和.
    Reiwa,
}

impl Era {
    /// All, in screen order.
    pub const ALL: [Self; 5] = [Self::Western, Self::Taisho, Self::Showa, Self::Heisei, Self::Reiwa];

    /// The word, Japanese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Western => ("西暦", "Western"),
            Self::Taisho => ("大正", "Taisho"),
            Self::Showa => ("昭和", "Showa"),
            Self::Heisei => ("平成", "Heisei"),
            Self::Reiwa => ("令和", "Reiwa"),
        }
    }

    /// First and last day (元号法 and the cabinet orders of each change); none for the Western calendar.
    fn days(self) -> Option<(CivilDate, CivilDate)> {
        let day = CivilDate::new;
        Some(match self {
            Self::Western => return None,
            Self::Taisho => (day(1912, 7, 30)?, day(1926, 12, 25)?),
            Self::Showa => (day(1926, 12, 25)?, day(1989, 1, 7)?),
            Self::Heisei => (day(1989, 1, 8)?, day(2019, 4, 30)?),
            Self::Reiwa => (day(2019, 5, 1)?, day(2200, 12, 31)?),
        })
    }

    /// Digits of its year.
    const fn year_digits(self) -> usize {
        if matches!(self, Self::Western) { 4 } else { 2 }
    }
}

/// See the module.
#[derive(Default)]
pub struct Told {
    /// The open part.
    pub part: Part,
    kana: MedicalText,
    /// The calendar of the year.
    pub era: Era,
    digits: MedicalText,
    /// Sex.
    pub sex: Option<Sex>,
    /// The municipality, from the prefecture on.
    pub place: MedicalText,
    numbers: MedicalText,
    /// An address from a keyboard; it takes the place of municipality and numbers.
    pub typed: MedicalText,
    /// Which municipalities are shown, from 0.
    pub turn: usize,
}

impl Told {
    /// The name so far.
    #[must_use]
    pub fn kana(&self) -> &str {
        self.kana.as_str()
    }

    /// One more letter; a mark changes the one before it.
    pub fn push_kana(&mut self, key: char) {
        let mut letters: Vec<char> = self.kana.as_str().chars().collect();
        match (key, letters.last_mut()) {
            ('゛' | '゜' | '小', None) => return,
            ('゛', Some(last)) => *last = voiced(*last),
            ('゜', Some(last)) => *last = half_voiced(*last),
            ('小', Some(last)) => *last = small(*last),
            (' ', Some('　') | None) => return,
            (' ', Some(_)) => letters.push('　'),
            (letter, _) => letters.push(letter),
        }
        letters.truncate(KANA_CHARS_MAX);
        self.kana = MedicalText::new(letters.into_iter().collect());
    }

    /// Takes the last letter back.
    pub fn pop_kana(&mut self) {
        self.kana = shorter(&self.kana);
    }

    /// Takes the whole name back.
    pub fn clear_kana(&mut self) {
        self.kana = MedicalText::default();
    }

    /// One more digit of the date, or of the address.
    pub fn push_digit(&mut self, digit: u8) {
        let letter = char::from(b'0' + digit.min(9));
        let (text, max) = match self.part {
            Part::Address => (&mut self.numbers, NUMBERS_MAX),
            Part::Birth | Part::Name => (&mut self.digits, self.era.year_digits() + 4),
        };
        *text = longer(text, letter, max);
    }

    /// Between two numbers of the address.
    pub fn push_dash(&mut self) {
        let text = self.numbers.as_str();
        if !text.is_empty() && !text.ends_with('-') {
            self.numbers = longer(&self.numbers, '-', NUMBERS_MAX);
        }
    }

    /// Takes the last digit of the open part back.
    pub fn pop_digit(&mut self) {
        match self.part {
            Part::Address if !self.typed.is_empty() => self.typed = shorter(&self.typed),
            Part::Address => self.numbers = shorter(&self.numbers),
            Part::Birth | Part::Name => self.digits = shorter(&self.digits),
        }
    }

    /// Takes all digits of the open part back.
    pub fn clear_digits(&mut self) {
        match self.part {
            Part::Address => {
                self.numbers = MedicalText::default();
                self.typed = MedicalText::default();
            }
            Part::Birth | Part::Name => self.digits = MedicalText::default(),
        }
    }

    /// Another calendar: the digits mean something else now.
    pub fn choose_era(&mut self, era: Era) {
        if self.era != era {
            self.era = era;
            self.digits = MedicalText::default();
        }
    }

    /// The keyed digits of the date as `____年__月__日`.
    #[must_use]
    pub fn date_as_keyed(&self) -> MedicalText {
        let mut digits = self.digits.as_str().chars();
        let mut take = |count: usize| (0..count).map(|_| digits.next().unwrap_or('_')).collect::<String>();
        let (year, month, day) = (take(self.era.year_digits()), take(2), take(2));
        let (era, _) = self.era.words();
        MedicalText::new(format!("{era} {year}年{month}月{day}日"))
    }

    /// Digits of the date that are missing.
    #[must_use]
    pub fn missing_digits(&self) -> usize {
        (self.era.year_digits() + 4).saturating_sub(self.digits.as_str().len())
    }

    /// The date, when there is such a day in that era and it is not ahead.
    #[must_use]
    pub fn birth_date(&self, now: Timestamp) -> Option<CivilDate> {
        let digits = self.digits.as_str();
        let at = self.era.year_digits();
        let (year, rest) = digits.split_at_checked(at)?;
        let (month, day) = rest.split_at_checked(2).filter(|(_, day)| day.len() == 2)?;
        let year: i16 = year.parse().ok()?;
        let first = self.era.days();
        let western = first.map_or(Some(year), |(first, _)| (year > 0).then(|| first.year() + year - 1))?;
        let date = CivilDate::new(western, month.parse().ok()?, day.parse().ok()?)?;
        let in_era = first.is_none_or(|(first, last)| (first..=last).contains(&date));
        (in_era && date <= now.tokyo_date()?).then_some(date)
    }

    /// The address so far.
    #[must_use]
    pub fn address(&self) -> MedicalText {
        if !self.typed.is_empty() {
            return self.typed.clone();
        }
        if self.place.is_empty() {
            return MedicalText::default();
        }
        let numbers = self.numbers.as_str().trim_end_matches('-');
        let whole: String = format!("{}{numbers}", self.place.as_str());
        MedicalText::new(whole.chars().take(ADDRESS_CHARS_MAX).collect())
    }

    /// Whether a part has all it needs.
    #[must_use]
    pub fn is_complete(&self, part: Part, now: Timestamp) -> bool {
        match part {
            Part::Name => !self.kana.as_str().trim().is_empty(),
            Part::Birth => self.birth_date(now).is_some() && self.sex.is_some(),
            Part::Address => !self.address().is_empty(),
        }
    }

    /// All four, when they are there.
    #[must_use]
    pub fn attributes(&self, now: Timestamp) -> Option<PersonAttributes> {
        let attributes = PersonAttributes {
            kana: MedicalText::new(self.kana.as_str().trim().to_owned()),
            birth_date: self.birth_date(now)?,
            sex: self.sex?,
            address: self.address(),
        };
        Some(attributes).filter(PersonAttributes::is_usable)
    }
}

fn longer(text: &MedicalText, letter: char, max: usize) -> MedicalText {
    let mut letters: String = text.as_str().to_owned();
    if letters.chars().count() < max {
        letters.push(letter);
    }
    MedicalText::new(letters)
}

fn shorter(text: &MedicalText) -> MedicalText {
    let mut letters = text.as_str().to_owned();
    letters.pop();
    MedicalText::new(letters)
}

const PLAIN: &str = "カキクケコサシスセソタチツテトハヒフヘホウ";
const VOICED: &str = "ガギグゲゴザジズゼゾダヂヅデドバビブベボヴ";
const HALF: (&str, &str) = ("ハヒフヘホ", "パピプペポ");
const SMALL: (&str, &str) = ("アイウエオツヤユヨワ", "ァィゥェォッャュョヮ");

/// The letter at the same place of the other list, in either direction; itself when it stands in neither.
fn swapped(letter: char, one: &str, other: &str) -> char {
    let pair = one.chars().zip(other.chars()).find(|(a, b)| *a == letter || *b == letter);
    pair.map_or(letter, |(a, b)| if a == letter { b } else { a })
}

fn voiced(letter: char) -> char {
    swapped(plain_of_half(letter), PLAIN, VOICED)
}

fn half_voiced(letter: char) -> char {
    let unvoiced = if VOICED.contains(letter) { swapped(letter, PLAIN, VOICED) } else { letter };
    swapped(unvoiced, HALF.0, HALF.1)
}

fn small(letter: char) -> char {
    swapped(letter, SMALL.0, SMALL.1)
}

fn plain_of_half(letter: char) -> char {
    if HALF.1.contains(letter) { swapped(letter, HALF.0, HALF.1) } else { letter }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-20 in Japan.
    const NOW: Timestamp = Timestamp(1_795_132_800_000_000);

    fn keyed(keys: &str) -> String {
        let mut told = Told::default();
        keys.chars().for_each(|key| told.push_kana(key));
        told.kana().to_owned()
    }

    #[test]
    fn marks_change_the_letter_before_them() {
        assert_eq!(keyed("タカキ゛ ハナ"), "タカギ　ハナ");
        assert_eq!(keyed("シヨ小ウタ"), "ショウタ");
        assert_eq!(keyed("ハ゜ハ゛゜ハ゜゛"), "パパバ");
        assert_eq!(keyed("カ゛゛"), "カ", "twice takes it back");
        assert_eq!(keyed("゛小 ー"), "ー", "there is nothing to change, and no blank comes first");
        assert_eq!(keyed(&"ア".repeat(KANA_CHARS_MAX + 5)).chars().count(), KANA_CHARS_MAX);
    }

    fn date(era: Era, digits: &str) -> Option<String> {
        let mut told = Told { part: Part::Birth, ..Told::default() };
        told.choose_era(era);
        digits.bytes().for_each(|digit| told.push_digit(digit - b'0'));
        told.birth_date(NOW).map(|date| date.to_string())
    }

    #[test]
    fn a_date_is_a_day_of_its_era_that_is_not_ahead() {
        assert_eq!(date(Era::Western, "19480308").as_deref(), Some("1948-03-08"));
        assert_eq!(date(Era::Showa, "230308").as_deref(), Some("1948-03-08"));
        assert_eq!(date(Era::Taisho, "150101").as_deref(), Some("1926-01-01"));
        assert_eq!(date(Era::Reiwa, "010501").as_deref(), Some("2019-05-01"));
        for (era, digits) in [
            (Era::Western, "19480230"),
            (Era::Western, "1948030"),
            (Era::Western, "20270101"),
            (Era::Showa, "640108"),
            (Era::Reiwa, "010430"),
            (Era::Showa, "000308"),
        ] {
            assert_eq!(date(era, digits), None, "{era:?} {digits}");
        }
    }

    #[test]
    fn all_four_make_a_search_and_a_typed_address_takes_the_place_of_the_keyed_one() {
        let mut told = Told { part: Part::Birth, ..Told::default() };
        "19480308".bytes().for_each(|digit| told.push_digit(digit - b'0'));
        "タカキ゛ハナ".chars().for_each(|key| told.push_kana(key));
        told.sex = Some(Sex::Female);
        assert!(told.attributes(NOW).is_none(), "no address");
        told.place = "訓練県見本市".into();
        told.part = Part::Address;
        told.push_dash();
        "12".bytes().for_each(|digit| told.push_digit(digit - b'0'));
        told.push_dash();
        told.push_dash();
        told.push_digit(3);
        told.push_dash();
        let found = told.attributes(NOW).expect("complete");
        assert_eq!((found.kana.as_str(), found.address.as_str()), ("タカギハナ", "訓練県見本市12-3"));
        told.typed = "隣県遠町".into();
        assert_eq!(told.attributes(NOW).expect("complete").address.as_str(), "隣県遠町");
        assert!(Part::ALL.into_iter().all(|part| told.is_complete(part, NOW)));
    }
}

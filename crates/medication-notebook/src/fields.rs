//! The fields of one line, read by position. What is not there is absent; what is too much is counted.

use crate::decode::trim;
use crate::limits::MAX_FIELD_CHARS;
use crate::{Author, Tolerated, date};
use model::CivilDate;
use patient_history::MedicalText;

/// One line and what had to be tolerated in it.
pub(crate) struct Fields<'a> {
    line: &'a str,
    values: Vec<&'a str>,
    /// The last position that the layout has, as far as it was asked for.
    last: usize,
    tolerated: Tolerated,
}

impl<'a> Fields<'a> {
    pub(crate) fn of(line: &'a str) -> Self {
        Self { line, values: line.split(',').map(trim).collect(), last: 0, tolerated: Tolerated::default() }
    }
    /// The record's number, which stands first.
    pub(crate) fn record(&self) -> &'a str {
        self.values.first().copied().unwrap_or_default()
    }
    fn value(&mut self, at: usize) -> &'a str {
        self.last = self.last.max(at);
        self.values.get(at).copied().unwrap_or_default()
    }
    /// The text at a position, empty when it is not there.
    pub(crate) fn text(&mut self, at: usize) -> MedicalText {
        let value = self.value(at);
        self.kept(value)
    }
    /// The text at a position, when there is one.
    pub(crate) fn some_text(&mut self, at: usize) -> Option<MedicalText> {
        Some(self.text(at)).filter(|text| !text.is_empty())
    }
    /// A code: as text, with wide digits and letters made narrow and small letters made large.
    pub(crate) fn code(&mut self, at: usize) -> MedicalText {
        let narrow: String = self.text(at).as_str().chars().map(|c| narrow(c).to_ascii_uppercase()).collect();
        narrow.into()
    }
    /// A number, when there is one that can be read.
    pub(crate) fn number(&mut self, at: usize) -> Option<u16> {
        let code = self.code(at);
        self.read_value(&code, |text| text.parse().ok())
    }
    /// A date, when there is one that can be read.
    pub(crate) fn date(&mut self, at: usize) -> Option<CivilDate> {
        let code = self.code(at);
        self.read_value(&code, date::read)
    }
    /// Who wrote the record.
    pub(crate) fn author(&mut self, at: usize) -> Author {
        Author::from_code(self.code(at).as_str())
    }
    fn read_value<T>(&mut self, text: &MedicalText, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let value = read(text.as_str());
        self.tolerated.unread_values += usize::from(value.is_none() && !text.is_empty());
        value
    }
    fn kept(&mut self, value: &str) -> MedicalText {
        let clean = || value.chars().filter(|c| !c.is_control());
        self.tolerated.cut_fields += usize::from(clean().nth(MAX_FIELD_CHARS).is_some());
        self.tolerated.unread_characters += clean().filter(|c| *c == char::REPLACEMENT_CHARACTER).count();
        clean().take(MAX_FIELD_CHARS).collect::<String>().into()
    }
    /// What had to be tolerated, when all fields of the layout were asked for.
    pub(crate) fn tolerated(self) -> Tolerated {
        let surplus = self.values.iter().skip(self.last + 1).filter(|value| !value.is_empty()).count();
        Tolerated { surplus_fields: surplus, ..self.tolerated }
    }
    /// The whole line, to be kept because it was not understood.
    pub(crate) fn whole(&self) -> MedicalText {
        self.line.into()
    }
}

/// ０–９, Ａ–Ｚ, ａ–ｚ as ASCII.
fn narrow(c: char) -> char {
    const WIDE_BEFORE_ASCII: u32 = 0xfee0;
    let ascii = u32::from(c).checked_sub(WIDE_BEFORE_ASCII).and_then(char::from_u32);
    ascii.filter(char::is_ascii_alphanumeric).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_lines_are_read_by_position() {
        let mut fields = Fields::of("301, 1 ,用法,２８,日分,,,,9,x,");
        assert_eq!((fields.record(), fields.number(1), fields.number(3)), ("301", Some(1), Some(28)));
        assert_eq!(fields.some_text(40), None);
        let mut fields = Fields::of("5,R020410,1,x,,y");
        assert!(fields.date(1).is_some() && fields.author(2) == Author::Professional);
        assert_eq!(fields.tolerated().surplus_fields, 2);
    }

    #[test]
    fn a_long_field_is_cut_and_damage_is_counted() {
        let long = format!("501,{}\u{fffd}", "あ".repeat(MAX_FIELD_CHARS));
        let mut fields = Fields::of(&long);
        assert_eq!(fields.text(1).as_str().chars().count(), MAX_FIELD_CHARS);
        assert_eq!(fields.date(2), None);
        let expected = Tolerated { cut_fields: 1, unread_characters: 1, ..Tolerated::default() };
        assert_eq!(fields.tolerated(), expected);
        let mut fields = Fields::of("5,R029999");
        assert_eq!(fields.date(1), None);
        assert_eq!(fields.tolerated().unread_values, 1);
    }
}

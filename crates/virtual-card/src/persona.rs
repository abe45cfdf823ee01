//! Invented people, read from the TOML files in `personas/`.

use myna_card::Date;
use serde::Deserialize;

/// Seconds of a day, and how far Asia/Tokyo is ahead of UTC.
const DAY: i64 = 86_400;
const TOKYO: i64 = 9 * 3600;

/// The persona files, in the order in which they are listed.
const FILES: [&str; 12] = [
    include_str!("../personas/warfarin.toml"),
    include_str!("../personas/insulin.toml"),
    include_str!("../personas/dialysis.toml"),
    include_str!("../personas/transplant.toml"),
    include_str!("../personas/pacemaker.toml"),
    include_str!("../personas/epilepsy.toml"),
    include_str!("../personas/pregnant.toml"),
    include_str!("../personas/child.toml"),
    include_str!("../personas/kuromaru.toml"),
    include_str!("../personas/lapsed.toml"),
    include_str!("../personas/grace.toml"),
    include_str!("../personas/blank.toml"),
];

/// One invented person: what is on the card, and, opaque here, what the national system holds.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Persona {
    /// Name of the persona: lower-case letters.
    pub id: String,
    /// What matters on scene, in one or two Japanese sentences.
    pub note: String,
    /// Who it is.
    pub person: Person,
    /// The card.
    pub card: CardPart,
    /// The 利用者証明用証明書 (and, with a sign password, the 署名用証明書).
    pub certificate: CertificatePart,
    /// What the national system says of the insurance; not interpreted here.
    #[serde(default)]
    pub insurance: toml::Table,
    /// What the national system returns as history; not interpreted here. Dates are `days_ago`.
    #[serde(default)]
    pub history: toml::Table,
}

/// The person's attributes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// 氏名 as the national system returns it (may hold ●), family name, U+3000, given name.
    pub name: String,
    /// 氏名 on the card, where it differs.
    pub name_on_card: Option<String>,
    /// カナ.
    pub kana: String,
    /// 生年月日, `YYYY-MM-DD`.
    pub birth: String,
    /// 性別.
    pub sex: Sex,
    /// 住所, block numbers in full width.
    pub address: String,
}

/// 性別 as the card codes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sex {
    /// 男, code 1.
    Male,
    /// 女, code 2.
    Female,
}

/// What is particular to the card.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardPart {
    /// 利用者証明用電子証明書の暗証番号 (also of the 券面事項入力補助AP): 4 digits.
    pub auth_pin: String,
    /// 署名用電子証明書の暗証番号: 6 to 16 upper-case letters and digits. Absent: no 署名用証明書 on the card.
    pub sign_password: Option<String>,
    /// セキュリティコード printed on the front: 4 digits.
    pub security_code: String,
    /// The card ends on the birthday in the year this many years after the present one.
    pub expires_in_years: u16,
}

/// What is particular to the certificate.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertificatePart {
    /// Serial number in lower hex, without leading zeros beyond the first byte: the key of the insured person.
    pub serial: String,
    /// Valid from the start of this day, in days before today.
    pub issued_days_ago: u16,
    /// Valid to the end of this day, in days after today; negative for an expired certificate.
    pub expires_in_days: i32,
}

/// Why a persona could not be used.
#[derive(Debug, thiserror::Error)]
pub enum PersonaError {
    /// The file is not TOML of the expected shape.
    #[error("reading a persona file")]
    Toml(#[source] Box<toml::de::Error>),
    /// A value is not what the card needs; names the field.
    #[error("persona {persona}: {field} is not {expected}")]
    Value {
        /// The persona's id.
        persona: String,
        /// The field, by its path in the file.
        field: &'static str,
        /// What it should have been.
        expected: &'static str,
    },
    /// No persona has this name.
    #[error("no persona is named {0}")]
    Unknown(String),
}

impl Persona {
    /// All personas that come with the program, in their listed order.
    ///
    /// # Errors
    /// [`PersonaError`] when a file that came with the program is malformed.
    pub fn all() -> Result<Vec<Self>, PersonaError> {
        FILES.iter().map(|text| Self::parse(text)).collect()
    }

    /// The persona of this name.
    ///
    /// # Errors
    /// [`PersonaError::Unknown`], or the file's own error.
    pub fn named(id: &str) -> Result<Self, PersonaError> {
        Self::all()?.into_iter().find(|p| p.id == id).ok_or_else(|| PersonaError::Unknown(id.to_owned()))
    }

    /// Reads and checks one persona file.
    ///
    /// # Errors
    /// [`PersonaError`] naming the field.
    pub fn parse(text: &str) -> Result<Self, PersonaError> {
        let persona: Self = toml::from_str(text).map_err(|e| PersonaError::Toml(Box::new(e)))?;
        persona.check()?;
        Ok(persona)
    }

    /// 生年月日.
    ///
    /// # Errors
    /// [`PersonaError::Value`] when the text is no date (a checked persona has one).
    pub fn birth_date(&self) -> Result<Date, PersonaError> {
        let digits: String = self.person.birth.split('-').collect();
        Date::parse(digits.as_bytes()).map_err(|_| self.wrong("person.birth", "a date YYYY-MM-DD"))
    }

    /// The day on which the card ends, seen from `now` (seconds since 1970).
    ///
    /// # Errors
    /// [`PersonaError::Value`] as [`Self::birth_date`].
    pub fn card_expiry(&self, now: i64) -> Result<Date, PersonaError> {
        let birth = self.birth_date()?;
        let year = civil_date(now).year.saturating_add(self.card.expires_in_years);
        Ok(Date { year, ..birth })
    }

    /// 照合番号B: the 14 digits that can be read off the card's front.
    ///
    /// # Errors
    /// [`PersonaError::Value`] when birth or security code do not fit.
    pub fn verification_number_b(&self, now: i64) -> Result<String, PersonaError> {
        let year = self.card_expiry(now)?.year;
        let pin = myna_card::verification_code_b(self.birth_date()?, year, self.card.security_code.as_bytes())
            .map_err(|_| self.wrong("card.security_code", "four digits"))?;
        String::from_utf8(pin.as_bytes().to_vec()).map_err(|_| self.wrong("card.security_code", "four digits"))
    }

    /// First and last second of the certificate, in seconds since 1970: whole days in Asia/Tokyo.
    #[must_use]
    pub fn validity(&self, now: i64) -> (i64, i64) {
        let today = (now + TOKYO).div_euclid(DAY) * DAY - TOKYO;
        let from = today - i64::from(self.certificate.issued_days_ago) * DAY;
        let to = today + (i64::from(self.certificate.expires_in_days) + 1) * DAY - 1;
        (from, to)
    }

    /// The certificate's serial number, big-endian bytes.
    ///
    /// # Errors
    /// [`PersonaError::Value`] when the text is not lower hex.
    pub fn serial(&self) -> Result<Vec<u8>, PersonaError> {
        decode_hex(&self.certificate.serial).ok_or_else(|| self.wrong("certificate.serial", "lower hex"))
    }

    /// 氏名 as it stands on the card.
    #[must_use]
    pub fn name_on_card(&self) -> &str {
        self.person.name_on_card.as_deref().unwrap_or(&self.person.name)
    }

    fn check(&self) -> Result<(), PersonaError> {
        let digits = |s: &str| s.len() == 4 && s.bytes().all(|b| b.is_ascii_digit());
        let password =
            |s: &str| (6..=16).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        if self.id.is_empty() || !self.id.bytes().all(|b| b.is_ascii_lowercase()) {
            return Err(self.wrong("id", "lower-case letters"));
        }
        if !digits(&self.card.auth_pin) {
            return Err(self.wrong("card.auth_pin", "four digits"));
        }
        if !self.card.sign_password.as_deref().is_none_or(password) {
            return Err(self.wrong("card.sign_password", "6 to 16 upper-case letters and digits"));
        }
        if !digits(&self.card.security_code) {
            return Err(self.wrong("card.security_code", "four digits"));
        }
        let serial = self.serial()?;
        if serial.first().is_none_or(|b| *b == 0) || serial.len() > 20 {
            return Err(self.wrong("certificate.serial", "1 to 20 bytes without leading zero"));
        }
        if self.birth_date()?.to_era().is_none() {
            return Err(self.wrong("person.birth", "a date in a Japanese era"));
        }
        Ok(())
    }

    fn wrong(&self, field: &'static str, expected: &'static str) -> PersonaError {
        PersonaError::Value { persona: self.id.clone(), field, expected }
    }
}

/// The civil date in Asia/Tokyo at `now` (seconds since 1970).
#[must_use]
pub fn civil_date(now: i64) -> Date {
    Date::from_unix_seconds(now + TOKYO)
}

fn decode_hex(text: &str) -> Option<Vec<u8>> {
    if text.is_empty() || !text.len().is_multiple_of(2) || text.bytes().any(|b| b.is_ascii_uppercase()) {
        return None;
    }
    text.as_bytes().chunks_exact(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_140_000; // 2026-11-20 in Tokyo

    #[test]
    fn every_persona_reads_and_serials_differ() {
        let all = Persona::all().unwrap();
        let mut serials: Vec<_> = all.iter().map(|p| p.certificate.serial.clone()).collect();
        serials.sort();
        serials.dedup();
        assert_eq!((all.len(), serials.len()), (12, 12));
        for p in &all {
            assert_eq!(p.verification_number_b(NOW).unwrap().len(), 14, "{}", p.id);
        }
    }

    #[test]
    fn verification_number_b_takes_the_era_year() {
        let mut p = Persona::named("warfarin").unwrap();
        p.person.birth = "1980-02-17".to_owned();
        p.card.expires_in_years = 2035 - civil_date(NOW).year;
        assert_eq!(p.verification_number_b(NOW).unwrap(), "55021720352285");
    }

    #[test]
    fn grace_has_expired_and_the_others_have_not() {
        for p in Persona::all().unwrap() {
            let (from, to) = p.validity(NOW);
            assert!(from <= NOW, "{}", p.id);
            assert_eq!(to < NOW, p.id == "grace", "{}", p.id);
        }
    }

    #[test]
    fn a_wrong_field_is_named() {
        let text = FILES[0].replace("auth_pin = \"1234\"", "auth_pin = \"12a4\"");
        assert!(matches!(Persona::parse(&text), Err(PersonaError::Value { field: "card.auth_pin", .. })));
        assert!(Persona::parse(&FILES[0].replace("kana =", "kanji =")).is_err());
    }
}

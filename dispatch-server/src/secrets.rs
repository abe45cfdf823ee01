//! Passcodes that an administrator hands out, and the installation's own secrets.

use crate::edge::write_secret;
use dispatch_core::limits::STAFF_PASSWORD_DIGITS;
use std::io::{Error, ErrorKind, Read as _};
use std::path::Path;
use zeroize::Zeroizing;

/// Letters of a made passcode: none that is mistaken for another when read aloud or copied by hand.
const LETTERS: &[u8] = b"23456789abcdefghjkmnpqrstuvwxyz";
/// Letters that make 59 bits.
const PASSCODE_LETTERS: usize = 12;
/// Random bytes from here on are drawn again, so that every letter is equally likely.
const EVEN: u8 = 248;
/// The same for digits.
const EVEN_DIGIT: u8 = 250;

/// Reads a secret of the installation from its file, or makes it (mode 0600).
///
/// # Errors
/// A file that cannot be read or written, or has another length.
pub(crate) fn load_or_make<const N: usize>(path: &Path) -> std::io::Result<Zeroizing<[u8; N]>> {
    let mut secret = Zeroizing::new([0; N]);
    match std::fs::OpenOptions::new().read(true).open(path) {
        Ok(mut file) => {
            let whole = file.metadata()?.len() == u64::try_from(N).unwrap_or(u64::MAX);
            if !whole {
                return Err(Error::new(ErrorKind::InvalidData, "the secret has another length"));
            }
            file.read_exact(&mut *secret)?;
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            getrandom::fill(&mut *secret).map_err(Error::other)?;
            write_secret(path, &*secret)?;
        }
        Err(error) => return Err(error),
    }
    Ok(secret)
}

/// A new passcode, printed once and never stored.
///
/// # Errors
/// When the system gives no random numbers.
pub fn new_passcode() -> Result<Zeroizing<String>, getrandom::Error> {
    let mut passcode = Zeroizing::new(String::with_capacity(PASSCODE_LETTERS));
    let mut random = Zeroizing::new([0_u8; 4 * PASSCODE_LETTERS]);
    while passcode.len() < PASSCODE_LETTERS {
        getrandom::fill(&mut *random)?;
        let missing = PASSCODE_LETTERS - passcode.len();
        let drawn = random.iter().filter(|byte| **byte < EVEN).take(missing);
        passcode
            .extend(drawn.filter_map(|byte| LETTERS.get(usize::from(*byte) % LETTERS.len())).map(|b| char::from(*b)));
    }
    Ok(passcode)
}

/// A new token of a machine: 256 random bits as 64 hexadecimal digits, shown once; only its hash is stored.
///
/// # Errors
/// When the system gives no random numbers.
pub fn new_token() -> Result<Zeroizing<String>, getrandom::Error> {
    let mut bits = Zeroizing::new([0_u8; 32]);
    getrandom::fill(&mut *bits)?;
    Ok(Zeroizing::new(hex::encode(*bits)))
}

/// A new staff password for 目視: four digits, shown once and never stored.
///
/// # Errors
/// When the system gives no random numbers.
pub fn new_staff_password() -> Result<Zeroizing<String>, getrandom::Error> {
    let mut password = Zeroizing::new(String::with_capacity(STAFF_PASSWORD_DIGITS));
    let mut random = Zeroizing::new([0_u8; 4 * STAFF_PASSWORD_DIGITS]);
    while password.len() < STAFF_PASSWORD_DIGITS {
        getrandom::fill(&mut *random)?;
        let missing = STAFF_PASSWORD_DIGITS - password.len();
        let drawn = random.iter().filter(|byte| **byte < EVEN_DIGIT).take(missing);
        password.extend(drawn.map(|byte| char::from(b'0' + byte % 10)));
    }
    Ok(password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passcodes_are_long_and_differ() {
        let made: std::collections::BTreeSet<String> =
            (0..64).map(|_| new_passcode().expect("random").to_string()).collect();
        assert_eq!(made.len(), 64);
        assert!(made.iter().all(|passcode| passcode.len() == PASSCODE_LETTERS));
        assert_eq!(usize::from(EVEN) % LETTERS.len(), 0);
    }

    #[test]
    fn staff_passwords_are_four_digits_of_every_kind() {
        let made: Vec<String> = (0..200).map(|_| new_staff_password().expect("random").to_string()).collect();
        assert!(made.iter().all(|password| password.len() == 4 && password.bytes().all(|b| b.is_ascii_digit())));
        assert!((b'0'..=b'9').all(|digit| made.iter().any(|password| password.as_bytes().contains(&digit))));
        assert_eq!(EVEN_DIGIT % 10, 0);
    }
}

//! Passcodes that an administrator hands out.

use zeroize::Zeroizing;

/// Letters of a made passcode: none that is mistaken for another when read aloud or copied by hand.
const LETTERS: &[u8] = b"23456789abcdefghjkmnpqrstuvwxyz";
/// Letters that make 59 bits.
const PASSCODE_LETTERS: usize = 12;
/// Random bytes from here on are drawn again, so that every letter is equally likely.
const EVEN: u8 = 248;

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
}

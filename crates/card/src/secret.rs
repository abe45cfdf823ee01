//! Digits that a person keyed: zeroed when dropped, without Debug, on the heap so that moving them leaves no copy.

use zeroize::{Zeroize, ZeroizeOnDrop};

/// Digits of 照合番号B: birth `YYMMDD` with the year of its era, year of expiry `YYYY`, security code.
pub const NUMBER_B_DIGITS: usize = 14;
/// Digits of the 利用者証明用 PIN.
pub const PIN_DIGITS: usize = 4;

/// 照合番号B as keyed.
pub type NumberB = Secret<NUMBER_B_DIGITS>;
/// The 利用者証明用 PIN as keyed.
pub type Pin = Secret<PIN_DIGITS>;

/// Digits being keyed, one press each.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Keyed<const N: usize> {
    digits: Box<[u8; N]>,
    count: usize,
}

/// Exactly `N` digits. Made by [`Keyed::finish`] only.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Secret<const N: usize> {
    digits: Box<[u8; N]>,
}

impl<const N: usize> Keyed<N> {
    /// Nothing keyed yet.
    #[must_use]
    pub fn new() -> Self {
        Self { digits: Box::new([0; N]), count: 0 }
    }

    /// One digit, 0–9. False, and nothing is added, when it is no digit or all places are taken.
    pub fn push(&mut self, digit: u8) -> bool {
        let place = self.digits.get_mut(self.count).filter(|_| digit <= 9);
        let Some(place) = place else { return false };
        *place = b'0' + digit;
        self.count += 1;
        true
    }

    /// Takes the last digit back; false when there is none.
    pub fn pop(&mut self) -> bool {
        let Some(count) = self.count.checked_sub(1) else { return false };
        self.count = count;
        if let Some(place) = self.digits.get_mut(count) {
            place.zeroize();
        }
        true
    }

    /// Digits keyed so far.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// The digit at a place from 0, for a screen that shows what was keyed; none where nothing is.
    #[must_use]
    pub fn digit(&self, place: usize) -> Option<u8> {
        self.digits.get(..self.count)?.get(place).map(|ascii| ascii - b'0')
    }

    /// All digits, when all are there; else what was keyed comes back.
    ///
    /// # Errors
    /// The keyed digits, unchanged.
    pub fn finish(mut self) -> Result<Secret<N>, Self> {
        if self.count < N {
            return Err(self);
        }
        Ok(Secret { digits: std::mem::replace(&mut self.digits, Box::new([0; N])) })
    }
}

impl<const N: usize> Default for Keyed<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> Secret<N> {
    /// ASCII, as VERIFY takes them.
    pub(crate) fn ascii(&self) -> &[u8; N] {
        &self.digits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_come_and_go_one_by_one() {
        let mut keyed = Keyed::<4>::new();
        assert!(!keyed.pop());
        for digit in [1, 2, 9] {
            assert!(keyed.push(digit));
        }
        assert!(!keyed.push(10), "no digit");
        assert!(keyed.pop());
        assert_eq!((keyed.count(), keyed.digit(1), keyed.digit(2)), (2, Some(2), None));
        let mut keyed = keyed.finish().err().expect("two digits are missing");
        assert!(keyed.push(3) && keyed.push(4));
        assert!(!keyed.push(5), "all places are taken");
        assert_eq!(keyed.finish().ok().expect("four digits").ascii(), b"1234");
    }

    #[test]
    fn what_is_dropped_is_zero() {
        let mut keyed = Keyed::<4>::new();
        assert!((1..=4).all(|digit| keyed.push(digit)));
        let mut secret = keyed.finish().ok().expect("four digits");
        secret.zeroize();
        assert_eq!(secret.ascii(), &[0; 4]);
    }
}

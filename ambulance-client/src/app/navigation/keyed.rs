//! Secret digits that are being keyed: 照合番号B, the PIN, the staff password. Each goes with its page and is zeroed.

use super::Navigation;
use crate::screens::staff_password::DIGITS as STAFF_DIGITS;
use card::{Keyed, NumberB, Pin};
use wire::Passcode;

impl Navigation {
    /// The keyed digits of 照合番号B go and are zeroed.
    pub fn forget_number(&mut self) {
        if self.number.count() > 0 || self.number_presented {
            self.number = Keyed::new();
            self.number_presented = false;
        }
    }

    /// The keyed digits of the staff password go and are zeroed.
    pub fn forget_staff_password(&mut self) {
        if self.staff_password.count() > 0 {
            self.staff_password = Keyed::new();
        }
    }

    /// The staff password as keyed, when all digits are there.
    #[must_use]
    pub fn keyed_staff_password(&self) -> Option<Passcode> {
        if self.staff_password.count() != STAFF_DIGITS {
            return None;
        }
        let mut text = String::with_capacity(STAFF_DIGITS);
        let digits = (0..STAFF_DIGITS).filter_map(|place| self.staff_password.digit(place));
        text.extend(digits.map(|digit| char::from(b'0' + digit.min(9))));
        Some(Passcode::new(text))
    }

    /// 照合番号B as keyed, when all digits are there. What was keyed stays, to be corrected.
    #[must_use]
    pub fn keyed_number(&self) -> Option<NumberB> {
        let mut copy = Keyed::new();
        let digits = (0..self.number.count()).filter_map(|place| self.number.digit(place));
        digits.for_each(|digit| {
            copy.push(digit);
        });
        copy.finish().ok()
    }

    /// The keyed digits of the PIN go and are zeroed.
    pub fn forget_pin(&mut self) {
        if self.pin.count() > 0 {
            self.pin = Keyed::new();
        }
    }

    /// The PIN as keyed, when all digits are there.
    #[must_use]
    pub fn keyed_pin(&self) -> Option<Pin> {
        let mut copy = Keyed::new();
        (0..self.pin.count()).filter_map(|place| self.pin.digit(place)).for_each(|digit| {
            copy.push(digit);
        });
        copy.finish().ok()
    }
}

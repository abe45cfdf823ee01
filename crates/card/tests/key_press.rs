//! One key press sends at most one VERIFY, whatever the card answers.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

mod common;

use card::{Challenge, ChallengeParts, GuardedChannel, LastTry, MOST_COMMANDS};
use common::{NOW, keyed};
use model::{CaseId, CrewId, DeviceId, Timestamp};
use myna_card::Transmit;
use proptest::prelude::*;

/// Answers from a list, over and over, and keeps what was presented and when.
struct Listed<'a> {
    answers: &'a [(Vec<u8>, u16)],
    commands: usize,
    pins: usize,
    counter_just_read: bool,
    pins_without_counter: usize,
}

impl Transmit for Listed<'_> {
    fn transmit(&mut self, command: &[u8]) -> myna_card::Result<Vec<u8>> {
        if matches!(command, [_, 0x20, _, _, _, ..]) {
            self.pins += 1;
            self.pins_without_counter += usize::from(!self.counter_just_read);
        }
        let (data, status) = &self.answers[self.commands % self.answers.len()];
        self.counter_just_read = matches!(command, [_, 0x20, _, _]) && matches!(status, 0x63C2..=0x63CF);
        self.commands += 1;
        Ok([data.as_slice(), &status.to_be_bytes()].concat())
    }
}

fn press(which: usize, link: &mut Listed<'_>) {
    let mut channel = GuardedChannel::new(link);
    let last = LastTry::Unconfirmed;
    let challenge = Challenge::new(&ChallengeParts {
        nonce: b"nonce",
        device: DeviceId::from_bytes([1; 16]),
        crew: CrewId::from_bytes([2; 16]),
        case: CaseId::from_bytes([3; 16]),
        consent: [4; 32],
        tablet_time: Timestamp(NOW),
    });
    // What it brings is another test's matter.
    match which {
        0 => drop(card::open_surface(&mut channel, &keyed("55021720352285"), last)),
        1 => drop(card::open_attributes(&mut channel, &keyed("55021720352285"), last)),
        _ => drop(card::sign_with_pin(&mut channel, &keyed("1234"), last, &challenge)),
    }
}

/// Statuses that lead further are as likely as those that mislead.
fn status() -> impl Strategy<Value = u16> {
    let known =
        [0x9000, 0x63C3, 0x63C2, 0x63C1, 0x63C0, 0x6300, 0x6110, 0x6100, 0x6C0E, 0x6282, 0x6984, 0x6A82, 0x6B00];
    prop_oneof![4 => Just(0x9000), 3 => Just(0x63C3), 4 => prop::sample::select(known.to_vec()), 1 => any::<u16>()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_answers_bring_a_second_pin(
        which in 0_usize..3,
        answers in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..40), status()), 1..12),
    ) {
        let mut link =
            Listed { answers: &answers, commands: 0, pins: 0, counter_just_read: false, pins_without_counter: 0 };
        press(which, &mut link);
        prop_assert!(link.pins <= 1, "{} PINs", link.pins);
        prop_assert_eq!(link.pins_without_counter, 0, "a PIN without a counter that showed two tries or more");
        prop_assert!(link.commands <= usize::try_from(MOST_COMMANDS).unwrap());
    }
}

#[test]
fn the_answers_that_lead_there_do_present_one() {
    for which in 0..3 {
        let answers = [(vec![], 0x9000), (vec![], 0x9000), (vec![], 0x63C3), (vec![], 0x63C2)];
        let mut link =
            Listed { answers: &answers, commands: 0, pins: 0, counter_just_read: false, pins_without_counter: 0 };
        press(which, &mut link);
        assert_eq!((link.pins, link.commands), (1, 4), "wrong once, and nothing after it");
    }
}

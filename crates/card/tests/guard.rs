//! The allow-list against a million commands, and the rules for a PIN.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

mod common;

use card::{ChannelError, GuardedChannel, LinkFault, Refusal};
use common::{Dice, card};
use myna_card::Transmit;
use virtual_card::{Application, Behaviour, MY_NUMBER_FILES, VirtualCard};

const COMMANDS: u32 = 1_000_000;
const AIDS: [[u8; 10]; 3] = [
    [0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01],
    [0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x08],
    [0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x02],
];
const ASK: [u8; 4] = [0x00, 0x20, 0x00, 0x80];
const RIGHT_PIN: [u8; 9] = [0x00, 0x20, 0x00, 0x80, 0x04, b'1', b'2', b'3', b'4'];

/// Lets through and counts; what passes must be of the five instructions that the field tool has.
struct Watched<'c> {
    card: &'c mut VirtualCard,
    passed: u64,
    pins: u64,
}

impl Transmit for Watched<'_> {
    fn transmit(&mut self, command: &[u8]) -> myna_card::Result<Vec<u8>> {
        self.passed += 1;
        self.pins += u64::from(matches!(command, [_, 0x20, _, _, _, ..]));
        assert!(matches!(command, [0x00, 0xA4 | 0xB0 | 0x20 | 0xC0, ..] | [0x80, 0x2A, ..]), "passed: {command:02X?}");
        self.card.transmit(command)
    }
}

/// As the bare card tells it.
fn tries_left(card: &mut VirtualCard, (application, file): (Application, u8)) -> u8 {
    card.process(&[&[0x00, 0xA4, 0x04, 0x0C, 0x0A][..], application.aid()].concat());
    card.process(&[0x00, 0xA4, 0x02, 0x0C, 0x02, 0x00, file]);
    card.process(&ASK)[1] & 0x0F
}

fn below(dice: &mut Dice, n: usize) -> usize {
    usize::try_from(dice.roll() % u64::try_from(n).unwrap()).unwrap()
}

fn select_ap(which: usize) -> Vec<u8> {
    [&[0x00, 0xA4, 0x04, 0x0C, 0x0A][..], &AIDS[which]].concat()
}

/// A well-formed command; the file and the form are chosen freely, forbidden ones as likely as others.
fn well_formed(dice: &mut Dice) -> Vec<u8> {
    let file = dice.byte() & 0x1F;
    let named = if below(dice, 2) == 0 { 0x80 } else { 0x80 | file };
    match below(dice, 12) {
        0 => select_ap(below(dice, 3)),
        1..=3 => vec![0x00, 0xA4, 0x02, 0x0C, 0x02, 0x00, file],
        4 => vec![0x00, 0xB0, 0x80 | file, dice.byte() & 3, dice.byte()],
        5 => vec![0x00, 0xB0, dice.byte() & 1, 0x00, dice.byte()],
        6 => vec![0x00, 0x20, 0x00, named],
        7 => vec![0x00, 0x20, 0x00, named, 0x04, b'1', b'2', b'3', b'4'],
        8 => [&[0x00, 0x20, 0x00, named, 0x0E][..], &[b'1'; 14]].concat(),
        9 => vec![0x00, 0xB2, 0x01, (file << 3) | 0x04, 0x00],
        10 => vec![0x00, 0xB0, 0x80 | file, 0x00, 0x00, 0x00, 0x00],
        _ => vec![0x00, 0xA4, 0x02, 0x0C, 0x00, 0x00, 0x02, 0x00, file],
    }
}

fn command(dice: &mut Dice) -> Vec<u8> {
    match below(dice, 8) {
        0 => (0..below(dice, 24)).map(|_| dice.byte()).collect(),
        1 | 2 => {
            let mut bytes = well_formed(dice);
            match below(dice, 4) {
                0 => bytes.push(dice.byte()),
                1 => drop(bytes.pop()),
                _ => {
                    let at = below(dice, bytes.len());
                    bytes[at] ^= 1_u8 << below(dice, 8);
                }
            }
            bytes
        }
        _ => well_formed(dice),
    }
}

#[test]
fn a_million_commands_reach_no_forbidden_file() {
    let mut virtual_card = card("warfarin", Behaviour::default());
    let mut dice = Dice(2);
    let (mut passed, mut sent, mut presses, mut pins) = (0, 0, 0, 0);
    while sent < COMMANDS {
        let mut watched = Watched { card: &mut virtual_card, passed: 0, pins: 0 };
        // A fresh channel meets the card as the last one left it.
        let mut channel = GuardedChannel::new(&mut watched);
        for _ in 0..500 {
            if below(&mut dice, 50) == 0 {
                channel.allow_one_pin();
                presses += 1;
            }
            let _outcome = channel.exchange(&command(&mut dice));
            sent += 1;
        }
        passed += watched.passed;
        pins += watched.pins;
    }
    assert!((1..=presses).contains(&pins), "{pins} PINs for {presses} key presses");
    for key in [(Application::Jpki, 0x18), (Application::Text, 0x15), (Application::Surface, 0x12)] {
        assert!(tries_left(&mut virtual_card, key) > 0, "{key:04X?} was blocked though nobody confirmed a last try");
    }
    for file in MY_NUMBER_FILES {
        assert!(!virtual_card.touched().contains(&file), "{file:04X?} was reached");
    }
    println!("{passed} of {sent} passed");
    assert!(passed > u64::from(COMMANDS / 20), "only {passed} passed: the test would prove nothing");
}

#[test]
fn the_same_commands_without_the_guard_reach_every_forbidden_file() {
    let mut bare = card("warfarin", Behaviour::default());
    let mut dice = Dice(2);
    for _ in 0..20_000 {
        bare.process(&command(&mut dice));
    }
    for file in MY_NUMBER_FILES {
        assert!(bare.touched().contains(&file), "{file:04X?} was not reached");
    }
}

#[test]
fn a_pin_needs_a_key_press_and_a_counter_read_just_before() {
    let mut virtual_card = card("warfarin", Behaviour::default());
    let mut channel = GuardedChannel::new(&mut virtual_card);
    let refused = |reason| Err(ChannelError::Refused(reason));
    channel.exchange(&select_ap(0)).unwrap();
    channel.exchange(&[0x00, 0xA4, 0x02, 0x0C, 0x02, 0x00, 0x18]).unwrap();
    assert_eq!(channel.exchange(&RIGHT_PIN), refused(Refusal::PinNotAllowed));
    channel.allow_one_pin();
    assert_eq!(channel.exchange(&RIGHT_PIN), refused(Refusal::CounterNotRead));
    assert_eq!(channel.exchange(&ASK).unwrap(), [0x63, 0xC3]);
    assert_eq!(channel.exchange(&RIGHT_PIN).unwrap(), [0x90, 0x00]);
    channel.exchange(&ASK).unwrap();
    assert_eq!(channel.exchange(&RIGHT_PIN), refused(Refusal::PinNotAllowed), "one key press, one PIN");
    channel.allow_one_pin();
    let other_length = [0x00, 0x20, 0x00, 0x80, 0x06, b'A', b'B', b'C', b'1', b'2', b'3'];
    assert_eq!(channel.exchange(&other_length), refused(Refusal::NotListed));
}

#[test]
fn a_blocked_pin_is_not_presented() {
    let mut virtual_card = card("warfarin", Behaviour { auth_pin_blocked: true, ..Behaviour::default() });
    let mut channel = GuardedChannel::new(&mut virtual_card);
    channel.exchange(&select_ap(0)).unwrap();
    let by_short_id = [0x00, 0x20, 0x00, 0x98];
    assert_eq!(channel.exchange(&by_short_id).unwrap(), [0x63, 0xC0]);
    channel.allow_one_pin();
    assert_eq!(channel.exchange(&RIGHT_PIN), Err(ChannelError::Refused(Refusal::CounterNotRead)));
}

#[test]
fn the_last_try_needs_its_own_permission() {
    let mut virtual_card = card("warfarin", Behaviour { auth_pin_left: Some(1), ..Behaviour::default() });
    let mut channel = GuardedChannel::new(&mut virtual_card);
    channel.exchange(&select_ap(0)).unwrap();
    channel.exchange(&[0x00, 0xA4, 0x02, 0x0C, 0x02, 0x00, 0x18]).unwrap();
    assert_eq!(channel.exchange(&ASK).unwrap(), [0x63, 0xC1]);
    channel.allow_one_pin();
    assert_eq!(channel.exchange(&RIGHT_PIN), Err(ChannelError::Refused(Refusal::LastTryNotConfirmed)));
    channel.allow_last_pin();
    channel.forbid_pin();
    assert_eq!(channel.exchange(&RIGHT_PIN), Err(ChannelError::Refused(Refusal::PinNotAllowed)));
    channel.allow_last_pin();
    assert_eq!(channel.exchange(&RIGHT_PIN).unwrap(), [0x90, 0x00]);
    channel.exchange(&ASK).unwrap();
    assert_eq!(channel.exchange(&RIGHT_PIN), Err(ChannelError::Refused(Refusal::PinNotAllowed)), "one press, one PIN");
}

#[test]
fn only_a_sha256_digest_info_is_signed() {
    let mut virtual_card = card("warfarin", Behaviour::default());
    let mut channel = GuardedChannel::new(&mut virtual_card);
    channel.exchange(&select_ap(0)).unwrap();
    channel.exchange(&[0x00, 0xA4, 0x02, 0x0C, 0x02, 0x00, 0x18]).unwrap();
    channel.exchange(&ASK).unwrap();
    channel.allow_one_pin();
    channel.exchange(&RIGHT_PIN).unwrap();
    let info = myna_card::data::sha256_digest_info(&[5; 32]);
    let sign = |key: u8, data: &[u8]| [&[0x80, 0x2A, 0x00, key, 0x33][..], data, &[0x00]].concat();
    assert_eq!(channel.exchange(&sign(0x97, &info)).unwrap().len(), 258);
    for refused in [sign(0x9A, &info), sign(0x97, &[5; 51]), sign(0x97, &info[..50])] {
        assert_eq!(channel.exchange(&refused), Err(ChannelError::Refused(Refusal::NotListed)));
    }
}

#[test]
fn the_deadline_is_asked_before_every_command() {
    let mut virtual_card = card("warfarin", Behaviour::default());
    let mut asked = 0;
    let mut channel = GuardedChannel::new(&mut virtual_card).with_abort(|| {
        asked += 1;
        asked > 1
    });
    channel.exchange(&select_ap(0)).unwrap();
    assert_eq!(channel.exchange(&select_ap(0)), Err(ChannelError::Link(LinkFault::Deadline)));
    assert_eq!(channel.commands(), 1);
}

//! 施錠: names and history are off the screen; stage and phone stay.

use crate::widgets::keypad::KeypadPress;

/// Digits of a crew member's PIN.
pub const PIN_DIGITS: usize = 6;

/// A crew member who can unlock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CrewMemberVm {
    /// The name.
    pub name: String,
    /// Role and right.
    pub role: String,
    /// Chosen.
    pub chosen: bool,
}

/// What the screen shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LockVm {
    /// 「中央救急1 ・ 施錠中」.
    pub title: String,
    /// Up to four members.
    pub crew: Vec<CrewMemberVm>,
    /// How many digits were entered, at most [`PIN_DIGITS`].
    pub entered: usize,
    /// Tries left or what went wrong.
    pub state: String,
    /// 「表示: 昼」.
    pub theme: String,
}

/// What the crew can do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockAction {
    /// Choose the member with this index.
    ChooseMember(usize),
    /// A key.
    Key(KeypadPress),
    /// Phone the dispatch centre.
    PhoneDispatch,
    /// The next theme.
    NextTheme,
}

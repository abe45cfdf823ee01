//! だれが乗っているか: a crew member and six digits, at the start of a shift or when the session has ended.

use crate::screens::lock::CrewMemberVm;
use crate::widgets::keypad::KeypadPress;

/// Most members on one page.
pub const MEMBERS: usize = 4;

/// What the screen shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignInVm {
    /// 「中央救急1 ・ 隊員の確認」.
    pub title: String,
    /// All members, at most one chosen.
    pub crew: Vec<CrewMemberVm>,
    /// The page shown, from 0.
    pub page: usize,
    /// How many digits were entered, at most [`crate::screens::lock::PIN_DIGITS`]; the last one sends.
    pub entered: usize,
    /// Tries left, 「確認しています」, or empty.
    pub state: String,
    /// What the server said, and what to do next; none when nothing went wrong.
    pub error: Option<String>,
    /// 「表示: 昼」.
    pub theme: String,
}

/// What the crew can do here. Indices count all members, not those of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInAction {
    /// Choose the member with this index.
    ChooseMember(usize),
    /// 前へ.
    PreviousPage,
    /// 次へ.
    NextPage,
    /// A key. The sixth digit signs in.
    Key(KeypadPress),
    /// Phone the dispatch centre.
    PhoneDispatch,
    /// The next theme.
    NextTheme,
}

//! 医師引継ぎ was stamped: the history goes in seconds, and everything is still there until then.

/// What the screen shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WipeVm {
    /// The stamp with its seconds.
    pub title: String,
    /// Who received.
    pub received: String,
    /// 「病歴は あと 7秒で消えます」, or that it is gone.
    pub countdown: String,
    /// Part of the ten seconds that has passed, 0 to 1.
    pub passed: f32,
    /// What goes and what stays.
    pub what: String,
    /// When card and medicine book were given back, in words; none before.
    pub returned: [Option<String>; 2],
    /// Whether it is still counting down.
    pub counting: bool,
}

/// What the crew can do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WipeAction {
    /// カードを返した.
    CardReturned,
    /// お薬手帳を返した.
    BookReturned,
    /// つぎの傷病者.
    NextPatient,
}

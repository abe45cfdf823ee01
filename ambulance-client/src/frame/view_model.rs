//! What stands around every screen: band, rail, stage block, undo, age banner.

use crate::widgets::chips::TriageVm;

/// The six parts of a case; the rail's tabs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// 観察.
    Assess,
    /// カード.
    Card,
    /// 病歴.
    History,
    /// 病院.
    Hospital,
    /// 引継ぎ.
    Handover,
    /// 表示.
    Display,
}

impl Tab {
    /// All tabs, top to bottom.
    pub const ALL: [Self; 6] = [Self::Assess, Self::Card, Self::History, Self::Hospital, Self::Handover, Self::Display];
}

/// A band cell: a note and a strong line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CellVm {
    /// The small line.
    pub note: String,
    /// The line that answers.
    pub strong: String,
    /// Attention: too long on scene, too old, no radio, a wedged entry.
    pub warn: bool,
}

/// The stage block: the next stamp.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StageVm {
    /// The line above, usually 「次の段階」.
    pub caption: String,
    /// The stage's word.
    pub word: String,
    /// A line below, may be empty.
    pub note: String,
    /// Just stamped: dashed, cannot be pressed for two seconds; `note` says so.
    pub waiting: bool,
}

/// The undo block, in the primary's place for 8 s after a stamp (10 s at 医師引継ぎ).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndoVm {
    /// What was recorded, with seconds; empty where the content tells it (医師引継ぎ).
    pub recorded: String,
    /// The stage's word, for the accessible name.
    pub stage: String,
    /// Seconds left.
    pub seconds_left: u32,
}

/// What the first item of the content says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BannerKind {
    /// No radio: how old, how many wait, since when.
    #[default]
    Age,
    /// Something to be looked at; stays until it is.
    Notice,
    /// What is pressed is not kept; stays until the cause ends.
    Alarm,
    /// Dispatch tells the crew something; stays until it was read. One that is too long for the strip opens its page.
    Message {
        /// It does not fit.
        long: bool,
    },
}

/// The banner that stays first in the content while offline, or while this tablet itself is not well.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgeBannerVm {
    /// How loud it is.
    pub kind: BannerKind,
    /// 「圏外 m分s秒 ― …」.
    pub title: String,
    /// What it means; may be empty.
    pub body: String,
}

/// What stands around every screen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShellVm {
    /// The clock, HH:MM.
    pub clock: String,
    /// Training: the word 訓練 and the dashed frame.
    pub training: bool,
    /// The category on the who cell.
    pub triage: Option<TriageVm>,
    /// Who.
    pub who: CellVm,
    /// What stage.
    pub stage_cell: CellVm,
    /// How old the oldest answers are.
    pub age: CellVm,
    /// What waits: radio and unsent count.
    pub queue: CellVm,
    /// Whether the radio is there: the bars or the struck bars.
    pub radio: bool,
    /// Locked: the band is only to be read and there is no rail.
    pub locked: bool,
    /// The state under each tab's word, in the order of [`Tab::ALL`].
    pub rail: [String; 6],
    /// The banner while offline or not well.
    pub age_banner: Option<AgeBannerVm>,
    /// The next stage.
    pub stage: StageVm,
    /// The undo block.
    pub undo: Option<UndoVm>,
}

/// Presses outside the content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShellAction {
    /// A tab of the rail.
    OpenTab(Tab),
    /// The who cell: the list of patients.
    OpenPatients,
    /// The stage cell: the times and their corrections.
    OpenStageTimes,
    /// The last two band cells: what works now.
    OpenWorksNow,
    /// The stage block: stamp the next stage.
    StampNext,
    /// The undo block.
    UndoStamp,
    /// 了解 of the message on the strip; of a long one: read it.
    AnswerMessage,
}

/// The presses of one frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Out<A> {
    /// Presses outside the content.
    pub shell: Vec<ShellAction>,
    /// Presses of the screen itself.
    pub screen: Vec<A>,
}

impl<A> Default for Out<A> {
    fn default() -> Self {
        Self { shell: Vec::new(), screen: Vec::new() }
    }
}

impl<A> Out<A> {
    /// Adds `action` when `pressed`.
    pub fn when(&mut self, pressed: bool, action: A) {
        if pressed {
            self.screen.push(action);
        }
    }

    /// Adds what `make` says about the pressed index.
    pub fn at(&mut self, index: Option<usize>, make: impl FnOnce(usize) -> A) {
        self.screen.extend(index.map(make));
    }
}

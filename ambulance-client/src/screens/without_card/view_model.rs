//! What the page of the look-up without a card shows: three parts, one at a time, each with its keys.

use crate::widgets::chips::ChipVm;
use crate::widgets::keypad::KeypadPress;
use patient_history::MedicalText;

/// The kana keys, column by column as they are said: ア行, カ行, … ; the last letters mark and make small the one before.
pub const KANA: [[char; 5]; 10] = [
    ['ア', 'イ', 'ウ', 'エ', 'オ'],
    ['カ', 'キ', 'ク', 'ケ', 'コ'],
    ['サ', 'シ', 'ス', 'セ', 'ソ'],
    ['タ', 'チ', 'ツ', 'テ', 'ト'],
    ['ナ', 'ニ', 'ヌ', 'ネ', 'ノ'],
    ['ハ', 'ヒ', 'フ', 'ヘ', 'ホ'],
    ['マ', 'ミ', 'ム', 'メ', 'モ'],
    ['ヤ', 'ユ', 'ヨ', '゛', '゜'],
    ['ラ', 'リ', 'ル', 'レ', 'ロ'],
    ['ワ', 'ヲ', 'ン', 'ー', '小'],
];

/// Municipalities shown at once; the rest by pages.
pub const PLACES: usize = 6;

/// A part of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// カナ氏名.
    #[default]
    Name,
    /// 生年月日 and 性別.
    Birth,
    /// 住所.
    Address,
}

impl Part {
    /// All, in screen order.
    pub const ALL: [Self; 3] = [Self::Name, Self::Birth, Self::Address];
}

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithoutCardVm {
    /// The open part.
    pub part: Part,
    /// The words of the parts; chosen: it is complete.
    pub parts: Vec<ChipVm>,
    /// What stands in the open part.
    pub entered: MedicalText,
    /// What the open part means, or what is missing.
    pub note: String,
    /// Calendars of the year (西暦, 昭和 …).
    pub eras: Vec<ChipVm>,
    /// Sexes.
    pub sexes: Vec<ChipVm>,
    /// Municipalities of the period, at most [`PLACES`].
    pub places: Vec<ChipVm>,
    /// There are more of them.
    pub more_places: bool,
    /// What stands at the right: until when this holds, and what it means.
    pub explanation: Vec<String>,
    /// The next thing to do: its word and note.
    pub primary: (String, String),
    /// Whether it can be pressed.
    pub ready: bool,
}

/// What can be done here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithoutCardAction {
    /// Open a part.
    Part(Part),
    /// A kana key.
    Kana(char),
    /// A blank between family and given name.
    Blank,
    /// Clear the last letter of the name.
    ClearOne,
    /// Clear the name.
    ClearAll,
    /// A digit of the date or of the address.
    Key(KeypadPress),
    /// Choose a calendar.
    Era(usize),
    /// Choose a sex.
    Sex(usize),
    /// Choose a municipality of the shown ones.
    Place(usize),
    /// The next municipalities.
    MorePlaces,
    /// Between two numbers of an address.
    Dash,
    /// The next part, or on to the consent.
    Next,
    /// Back to the card's page.
    Back,
    /// カードなしで進む.
    GoOn,
}

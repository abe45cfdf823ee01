//! 引継ぎ: the document, its QR code, who received the patient.

use crate::widgets::chips::ChipVm;
use crate::widgets::qr::QrVm;

/// A line of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DocumentLineVm {
    /// The bold first line.
    Heading(String),
    /// A bold word (may be empty) and the rest.
    Text(String, String),
    /// Quiet: the times.
    Times(String),
    /// A rule between parts.
    Rule,
}

/// What the screen shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HandoverVm {
    /// That and when the hospital received it; none before.
    pub delivered: Option<String>,
    /// The document in short.
    pub lines: Vec<DocumentLineVm>,
    /// The code; none while the document is being made.
    pub qr: Option<QrVm>,
    /// How long and how often it opens.
    pub qr_note: String,
    /// Who received: three roles and 「氏名を選ぶ」.
    pub receivers: Vec<ChipVm>,
    /// When the card was given back, in words; none before.
    pub returned: Option<String>,
}

/// What the crew can do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandoverAction {
    /// Print.
    Print,
    /// Open the whole text.
    FullText,
    /// Choose the receiver with this index.
    ChooseReceiver(usize),
    /// カードを返した.
    CardReturned,
    /// Correct the document.
    FixDocument,
}

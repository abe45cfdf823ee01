//! Why there is no notebook, and what to do next.

use crate::limits::{MAX_ALL_BYTES, MAX_CODE_BYTES, MAX_CODES, MAX_RECORDS};

/// What there is too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Inputs, and codes found in them.
    Codes,
    /// Bytes of one input.
    CodeBytes,
    /// Bytes of all inputs.
    AllBytes,
    /// Lines of all codes.
    Records,
}

impl Limit {
    /// The most that is read.
    #[must_use]
    pub const fn most(self) -> usize {
        match self {
            Self::Codes => MAX_CODES,
            Self::CodeBytes => MAX_CODE_BYTES,
            Self::AllBytes => MAX_ALL_BYTES,
            Self::Records => MAX_RECORDS,
        }
    }
    /// The English word.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::Codes => "codes",
            Self::CodeBytes => "bytes in one code",
            Self::AllBytes => "bytes in all codes",
            Self::Records => "lines",
        }
    }
}

/// Why there is no notebook. Codes are counted from 1 in the order in which they stood in the input; ids are those of the
/// split (データ固有ID), never content.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotebookError {
    /// No code, or none with text.
    #[error("reading a notebook: nothing was read")]
    NothingRead,
    /// A limit was passed.
    #[error("reading a notebook: {found} {} (limit {})", limit.en(), limit.most())]
    TooMuch {
        /// Which limit.
        limit: Limit,
        /// How much there was.
        found: usize,
    },
    /// An input does not begin with a heading `JAHISTC` and a number: another code, or the second piece of a linked one
    /// (コード連結), which only a reader can put together.
    #[error("reading a notebook: code {code} does not begin with JAHISTC")]
    NoHeading {
        /// Which input, from 1.
        code: usize,
    },
    /// An input is the code of a paper prescription (院外処方箋, `JAHIS` and a number).
    #[error("reading a notebook: code {code} is that of a prescription, not of a notebook")]
    Prescription {
        /// Which input, from 1.
        code: usize,
    },
    /// The record that says which part a code is (911) makes no sense.
    #[error("joining a notebook: code {code} does not say which part it is")]
    SplitNotUnderstood {
        /// Which code, from 1.
        code: usize,
    },
    /// Not all parts are there.
    #[error("joining the notebook {id}: {read} of {total} parts read, missing {}", list(missing))]
    PartsMissing {
        /// The split's id.
        id: String,
        /// How many different parts there were.
        read: usize,
        /// How many there must be.
        total: u16,
        /// Which ones are not there, ascending.
        missing: Vec<u16>,
    },
    /// Two codes claim to be the same part and differ, or the parts disagree about version or number of parts.
    #[error("joining the notebook {id}: its parts contradict each other{}", part.map(|p| format!(" (part {p})")).unwrap_or_default())]
    PartsContradict {
        /// The split's id.
        id: String,
        /// The part of which there are two; none when they disagree about the whole.
        part: Option<u16>,
    },
    /// The codes belong to more than one notebook.
    #[error("joining the codes: they are of different notebooks (split: {}; whole in one code: {whole})", list(ids))]
    DifferentNotebooks {
        /// The ids of those that are split, ascending.
        ids: Vec<String>,
        /// How many are whole in one code.
        whole: usize,
    },
}

fn list<Item: ToString>(items: &[Item]) -> String {
    if items.is_empty() { "none".into() } else { items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ") }
}

impl NotebookError {
    /// One clear sentence for the crew.
    #[must_use]
    pub fn ja(&self) -> String {
        match self {
            Self::NothingRead => "お薬手帳のQRコードを読み取れませんでした。".into(),
            Self::TooMuch { .. } => "読み取ったデータが大きすぎます。".into(),
            Self::NoHeading { code } => format!("{code}件目はお薬手帳のQRコードではないか、続きの部分だけです。"),
            Self::Prescription { code } => format!("{code}件目は処方箋のQRコードです。お薬手帳ではありません。"),
            Self::SplitNotUnderstood { code } => format!("{code}件目は何枚目のQRコードか読み取れません。"),
            Self::PartsMissing { read, total, missing, .. } => {
                format!("{total}枚のうち{read}枚を読み取りました。残り: {}枚目。", list(missing))
            }
            Self::PartsContradict { part: Some(part), .. } => {
                format!("{part}枚目のQRコードが2種類あり、内容が違います。")
            }
            Self::PartsContradict { part: None, .. } => "分割されたQRコードの内容が食い違っています。".into(),
            Self::DifferentNotebooks { ids, whole } => {
                format!("別々のお薬手帳のQRコードが{}種類混ざっています。", ids.len() + whole)
            }
        }
    }
    /// What to do next.
    #[must_use]
    pub const fn next_step_ja(&self) -> &'static str {
        match self {
            Self::NothingRead => "もう一度読み取ってください。読めなければ手帳を病院へ渡してください。",
            Self::TooMuch { .. } => "お薬手帳1回分のQRコードだけを読み取ってください。",
            Self::NoHeading { .. } => "お薬手帳のQRコードをすべて続けて読み取ってください。",
            Self::Prescription { .. } => "お薬手帳のQRコードを読み取ってください。",
            Self::SplitNotUnderstood { .. } | Self::PartsContradict { .. } => {
                "最初から読み直してください。読めなければ手帳を病院へ渡してください。"
            }
            Self::PartsMissing { .. } => "残りのQRコードを読み取ってください。順番は問いません。",
            Self::DifferentNotebooks { .. } => "お薬手帳を1つずつ読み取ってください。",
        }
    }
    /// The English sentence with the next step.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::NothingRead => "Nothing was read. Read the code again, or hand the notebook to the hospital.".into(),
            Self::TooMuch { .. } => "Too much data. Read the codes of one visit only.".into(),
            Self::NoHeading { code } => {
                format!("Code {code} is no notebook, or only the rest of one. Read all codes of the notebook in a row.")
            }
            Self::Prescription { code } => format!("Code {code} is a prescription's. Read the notebook's code."),
            Self::SplitNotUnderstood { code } => format!("Code {code} does not say which part it is. Read all again."),
            Self::PartsMissing { read, total, missing, .. } => {
                format!("{read} of {total} parts read. Read the rest in any order: {}.", list(missing))
            }
            Self::PartsContradict { .. } => "The parts contradict each other. Read all of them again.".into(),
            Self::DifferentNotebooks { .. } => "Codes of different notebooks. Read one notebook at a time.".into(),
        }
    }
}

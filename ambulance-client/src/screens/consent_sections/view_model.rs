//! 同意を項目ごとに得る: medicines, care, surgery, check-ups.

/// Sections that the national system asks consent for separately.
pub const SECTIONS: usize = 4;

/// A section that the patient may allow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConsentSectionVm {
    /// 薬剤, 診療, 手術, 健診.
    pub word: String,
    /// What it holds, and how far back.
    pub holds: String,
    /// Allowed. None is at first.
    pub chosen: bool,
}

/// What the page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConsentSectionsVm {
    /// When the face was matched, in words.
    pub matched: String,
    /// The [`SECTIONS`] sections, any number chosen.
    pub sections: Vec<ConsentSectionVm>,
}

/// What the crew can do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsentSectionsAction {
    /// Turn the section with this index on or off.
    ToggleSection(usize),
    /// 「この範囲で同意あり」: look up the chosen sections.
    ConsentGiven,
    /// 断られた.
    ConsentRefused,
    /// Back to the two answers.
    Back,
}

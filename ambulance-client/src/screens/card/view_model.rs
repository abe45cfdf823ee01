//! カード: two presses on two places, face and consent.

use crate::widgets::icons::Icon;
use patient_history::MedicalText;

/// What the card panel says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CardStatusVm {
    /// Read, reading, none on the reader.
    pub state: CardState,
    /// The strong line.
    pub title: String,
    /// What was checked and what is never read.
    pub note: String,
    /// When, and how long it took.
    pub right: String,
}

/// Whether a card was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CardState {
    /// Nothing on the reader.
    #[default]
    None,
    /// Being read.
    Reading,
    /// Read.
    Read,
}

impl CardState {
    pub(super) fn icon(self) -> Icon {
        match self {
            Self::None => Icon::Warning,
            Self::Reading => Icon::Clock,
            Self::Read => Icon::Check,
        }
    }
}

/// What the screen shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CardVm {
    /// The card panel.
    pub status: CardStatusVm,
    /// When the face was matched; none while it is asked.
    pub matched_at: Option<String>,
    /// The patient keys the PIN in place of the face.
    pub by_pin: bool,
    /// The department does not have the PIN asked for: nothing is said of it.
    pub without_pin: bool,
    /// Why the PIN cannot be keyed now; none when it can.
    pub no_pin: Option<String>,
    /// When the consent was given, before the face was compared.
    pub consented_at: Option<String>,
    /// There is no card: name, date of birth, sex and address as they were told in its place, a line each.
    pub told: Option<MedicalText>,
    /// The look-up without a card, while a disaster period holds: its word and until when.
    pub disaster: Option<(String, String)>,
}

impl CardVm {
    /// The face is to be compared: neither matched nor left to the PIN, and there is a card.
    pub(super) fn face_first(&self) -> bool {
        self.matched_at.is_none() && !self.by_pin && self.told.is_none()
    }
}

/// What the crew can do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardAction {
    /// 一致する.
    FaceMatches,
    /// 一致しない.
    FaceDiffers,
    /// Take the match back.
    UndoFace,
    /// 同意あり, all sections.
    ConsentGiven,
    /// Choose sections.
    ChooseSections,
    /// 断られた.
    ConsentRefused,
    /// 同意を得られない: to the reasons.
    ConsentNotObtainable,
    /// Open photo and name by 照合番号B.
    OpenNumberB,
    /// The patient keys the PIN.
    ByPin,
    /// No card: to the keys for what is told.
    ByAttributes,
    /// カードなしで進む.
    WithoutCard,
    /// カードを返した.
    CardReturned,
}

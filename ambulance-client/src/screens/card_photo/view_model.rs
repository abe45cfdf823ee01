//! 写真と本人を見比べる: the chip's own photo beside age and sex.

use ambulance_core::OpenedFace;
use std::fmt;
use std::sync::Arc;

/// The opened face, held as long as the page shows it.
#[derive(Clone)]
pub struct PhotoVm(pub Arc<OpenedFace>);

impl PartialEq for PhotoVm {
    /// The same opening, not the same pixels.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// What the page shows.
#[derive(Clone, PartialEq)]
pub struct CardPhotoVm {
    /// The photo and what the chip says.
    pub photo: PhotoVm,
    /// 「78歳」; a dash when the card holds no date.
    pub age: String,
    /// Date of birth.
    pub birth: String,
    /// Sex.
    pub sex: String,
    /// What the crew saw: 「観察 女 70代」; empty when nothing.
    pub observed: String,
    /// What does not fit, or that there is no photo: what, and what to do.
    pub notice: Option<(String, String)>,
}

impl fmt::Debug for CardPhotoVm {
    /// Only whether something is noticed: the rest leads to a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CardPhotoVm")
            .field("face", &self.photo.0)
            .field("notice", &self.notice.is_some())
            .finish_non_exhaustive()
    }
}

/// What the crew can do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardPhotoAction {
    /// 一致する.
    Matches,
    /// 一致しない.
    Differs,
    /// カードなしで進む.
    WithoutCard,
}

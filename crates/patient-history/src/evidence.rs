//! How sure we are that the card is this patient's.

use crate::PersonAttributes;
use core::fmt;
use model::Timestamp;
use serde::{Deserialize, Serialize};

/// The stored level of identification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityLevel {
    /// 暗証番号: the card signed, and the server heard of it at once.
    Signed,
    /// The same without radio, over a nonce from the tablet's stock: the server hears of it later.
    SignedLate,
    /// 目視: the crew compared the face with the card's photo. The default on scene.
    Visual,
    /// 目視 with 照合番号B: the chip's own photo was opened and compared.
    VisualB,
    /// 4情報: no card; name in kana, date of birth, sex and address as they were told. In a disaster only.
    FourAttributes,
}

impl IdentityLevel {
    /// The crew's word.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self {
            Self::Signed => "暗証番号",
            Self::SignedLate => "暗証番号（後から）",
            Self::Visual => "目視",
            Self::VisualB => "目視＋照合番号B",
            Self::FourAttributes => "4情報",
        }
    }
    /// The English word.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::Signed => "PIN",
            Self::SignedLate => "PIN (late)",
            Self::Visual => "Visual",
            Self::VisualB => "Visual + B",
            Self::FourAttributes => "Name, birth, sex, address",
        }
    }
}

/// A challenge signed by the card's authentication key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedChallenge {
    /// The server's nonce.
    #[serde(with = "serde_bytes")]
    pub nonce: Vec<u8>,
    /// RSASSA-PKCS1-v1_5 with SHA-256 over the challenge.
    #[serde(with = "serde_bytes")]
    pub signature: Vec<u8>,
    /// The tablet's clock at the key press, as it stands in the challenge. Absent in what older tablets sent, which no
    /// server takes as signed.
    #[serde(default)]
    pub tablet_time: Timestamp,
}

/// What a look-up shows to prove whose record it asks for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookupEvidence {
    /// How the person was identified.
    pub level: IdentityLevel,
    /// 利用者証明用電子証明書 (EF `000A`), DER, as read from the card without a PIN. Empty for
    /// [`IdentityLevel::FourAttributes`].
    #[serde(with = "serde_bytes")]
    pub certificate: Vec<u8>,
    /// Present for [`IdentityLevel::Signed`] and [`IdentityLevel::SignedLate`].
    #[serde(default)]
    pub signed: Option<SignedChallenge>,
    /// Present for [`IdentityLevel::FourAttributes`], and for no other level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<Box<PersonAttributes>>,
}

impl LookupEvidence {
    /// What a search without a card shows.
    #[must_use]
    pub fn by_attributes(attributes: PersonAttributes) -> Self {
        let level = IdentityLevel::FourAttributes;
        Self { level, certificate: Vec::new(), signed: None, attributes: Some(Box::new(attributes)) }
    }
}

impl fmt::Debug for SignedChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedChallenge").field("signature_bytes", &self.signature.len()).finish_non_exhaustive()
    }
}

impl fmt::Debug for LookupEvidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LookupEvidence")
            .field("level", &self.level)
            .field("certificate_bytes", &self.certificate.len())
            .field("signed", &self.signed.is_some())
            .field("attributes", &self.attributes.is_some())
            .finish()
    }
}

//! The control stream: who speaks which version, whose clock is how far off, and whether the peer is still there.

use crate::notice::Notice;
use model::{DepartmentId, DeviceId, SessionId, StoreId, Timestamp, UnitId};
use serde::{Deserialize, Serialize};

/// The protocol version this program speaks best.
pub const VERSION: u16 = 1;
/// Every version it speaks.
pub const VERSIONS: &[u16] = &[VERSION];

/// First frame of a connection, tablet to server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// Versions the tablet speaks.
    pub versions: Vec<u16>,
    /// The program and its version, for the operator's list.
    pub program: String,
    /// A training tablet.
    pub training: bool,
    /// The tablet's UTC when it sent this.
    pub sent_at: Timestamp,
    /// A crew session from an earlier connection.
    pub session: Option<SessionId>,
}

/// Everything the server answers on the control stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HelloReply {
    /// Come in: only now may the tablet show "connected".
    Welcome(Welcome),
    /// Stay out.
    Refused {
        /// Why.
        code: RefusalCode,
    },
}

/// What a tablet learns at the door.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// The chosen version.
    pub version: u16,
    /// The server's UTC when it answered.
    pub server_at: Timestamp,
    /// The tablet's `sent_at`, echoed.
    pub sent_at: Timestamp,
    /// Training installation.
    pub training: bool,
    /// The tablet, as its certificate says.
    pub device: DeviceId,
    /// Its unit.
    pub unit: UnitId,
    /// The unit's name on the radio.
    pub callsign: String,
    /// Its department.
    pub department: DepartmentId,
    /// The department's name.
    pub department_name: String,
    /// The session still stands.
    pub session_valid: bool,
    /// The server answers [`crate::Question::Preview`], also as early data.
    #[serde(default)]
    pub previews: bool,
    /// The server answers [`crate::Question::HistoryAgain`].
    #[serde(default)]
    pub looks_again: bool,
    /// The server answers [`crate::Question::Nonces`]: the department has the patient's PIN asked for.
    #[serde(default)]
    pub nonces: bool,
    /// The server answers [`crate::Question::StaffPassword`].
    #[serde(default)]
    pub staff_passwords: bool,
    /// The department requires the staff password for 目視.
    #[serde(default)]
    pub staff_password_required: bool,
    /// Which life of the server's store this is. Positions count inside one life: when it changes, the tablet drops what
    /// others wrote and reads it anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<StoreId>,
    /// What holds for a time. Absent: the server knows nothing of disasters and relief units, answers no look-up without a
    /// card, and sends no [`crate::FeedItem::Notice`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<Box<Notice>>,
}

/// Why a server keeps a peer out. Numbers on the wire; unknown ones survive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RefusalCode(pub u16);

impl RefusalCode {
    /// The certificate was revoked.
    pub const REVOKED: Self = Self(1);
    /// The certificate is genuine but the device is not enrolled here.
    pub const UNKNOWN_DEVICE: Self = Self(2);
    /// No common version.
    pub const VERSION: Self = Self(3);
    /// A training tablet at a live server, or the reverse.
    pub const TRAINING_MISMATCH: Self = Self(4);

    /// One sentence for the crew, and what to do.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self {
            Self::REVOKED => "この端末は失効しています。指令センターに連絡し、予備の端末を使ってください。",
            Self::UNKNOWN_DEVICE => "この端末は登録されていません。管理者に登録を頼んでください。",
            Self::VERSION => "端末のプログラムが古すぎます。管理者に更新を頼んでください。",
            Self::TRAINING_MISMATCH => "訓練用の端末は本番のサーバーにつながりません。設定を確かめてください。",
            _ => "サーバーが接続を断りました。指令センターに連絡してください。",
        }
    }

    /// The same in English.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::REVOKED => "This tablet is revoked. Call dispatch, use a spare tablet.",
            Self::UNKNOWN_DEVICE => "This tablet is not enrolled. Ask the administrator to enrol it.",
            Self::VERSION => "This program is too old. Ask the administrator for an update.",
            Self::TRAINING_MISMATCH => "A training tablet does not connect to a live server. Check the settings.",
            _ => "The server keeps this tablet out. Entries stay on this tablet; tell dispatch.",
        }
    }
}

/// Is anybody there, and what time is it there? A QUIC connection can be "open" and dead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ping {
    /// Chosen by the tablet.
    pub n: u64,
    /// The tablet's UTC.
    pub sent_at: Timestamp,
}

/// The answer to a [`Ping`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pong {
    /// The ping's number.
    pub n: u64,
    /// The ping's `sent_at`.
    pub sent_at: Timestamp,
    /// The server's UTC.
    pub server_at: Timestamp,
}

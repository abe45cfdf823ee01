//! One entry of a chain and its stored form.

use core::fmt;

use model::{CaseId, CrewId, DepartmentId, DeviceId, HospitalId, LogId, LookupId, SessionId, Timestamp, UnitId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::code::Code;

/// A chain: 128 random bits, made by a node at its start and never used again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChainId(#[serde(with = "serde_bytes")] pub [u8; 16]);

impl fmt::Debug for ChainId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// SHA-256 of an entry's stored bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hash(#[serde(with = "serde_bytes")] pub [u8; 32]);

impl Hash {
    /// What the first entry of a chain carries: bound to the chain, so that chains cannot be exchanged.
    #[must_use]
    pub fn origin(chain: ChainId) -> Self {
        Self::of(&[&b"audit chain origin"[..], &chain.0].concat())
    }

    /// The hash of stored bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// The end of a chain at some moment: what is signed and anchored outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The chain.
    pub chain: ChainId,
    /// The newest entry; 0 before the first.
    pub seq: u64,
    /// Its hash; [`Hash::origin`] before the first.
    pub hash: Hash,
}

impl Head {
    /// The bytes that are signed: a fixed form of 56 bytes behind a label.
    #[must_use]
    pub fn signed_bytes(&self) -> Vec<u8> {
        [&b"audit head v1"[..], &self.chain.0, &self.seq.to_be_bytes(), &self.hash.0].concat()
    }
}

/// An entry. Its stored form is CBOR with these field names in this order; it never changes once written, and new
/// fields are optional ones that are left out when absent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// The chain.
    pub chain: ChainId,
    /// Place in the chain, from 1 without gaps.
    pub seq: u64,
    /// Hash of the entry before it; [`Hash::origin`] for the first.
    pub prev: Hash,
    /// The server's time (閲覧日時).
    pub at: Timestamp,
    /// What happened.
    pub kind: Kind,
}

/// What an entry records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Somebody is about to see history; nothing was fetched yet.
    Begin(Begin),
    /// How that ended.
    Complete(Complete),
    /// The head up to here was signed and kept outside.
    Anchor(Anchor),
    /// Older entries of this chain were removed.
    Purge(Purge),
    /// Somebody decided something about looks at histories: judged one, changed who may look and how.
    Act(Act),
}

/// A decision about looks at histories. It shows none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// Who decided; without a person, the server or an administrator's command.
    pub by: Viewer,
    /// What: a code (`review.right`, `disaster.on`, `relief.off` …).
    pub act: Code,
    /// Which look-up it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lookup: Option<LookupId>,
    /// Which case it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    /// Whose account it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<CrewId>,
    /// Which department it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<DepartmentId>,
    /// Until when it holds, when it ends by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Which unit it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
}

/// About to look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begin {
    /// 閲覧者ID.
    pub viewer: Viewer,
    /// 患者情報: the case, never the person.
    pub case: CaseId,
    /// The look-up whose rows are seen.
    pub lookup: LookupId,
    /// 救急時閲覧: in which way.
    pub viewing: Viewing,
    /// 同意状況.
    pub basis: Basis,
    /// 表示項目 as asked for: section codes, sorted.
    pub items: Vec<Code>,
}

/// Who looks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// The person's account, when one is signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<CrewId>,
    /// The session in which it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionId>,
    /// The tablet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
    /// The department that the viewer acts for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<DepartmentId>,
    /// The hospital that the viewer acts for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hospital: Option<HospitalId>,
    /// The role in which it was allowed.
    pub role: Code,
}

/// In which way history is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Viewing {
    /// The crew's look-up in the national system.
    CrewLookup,
    /// Rows released to the accepting hospital.
    HospitalRelease,
    /// Rows shown again from the server's own copy.
    Review,
    /// Handover document made or opened.
    Handover,
    /// The crew's look-up in the national system without a card, by what was told of the person: in a disaster only.
    Disaster,
}

/// On what basis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The patient agreed.
    Consent {
        /// How: code (`spoken`, `written`, `by_family` …).
        method: Code,
        /// The recorded event.
        event: ConsentRef,
        /// Told that hospitals will see it.
        told_hospitals: bool,
    },
    /// Consent could not be obtained and life or body had to be protected.
    Emergency {
        /// Why not: code (`unconscious`, `cannot_communicate` …).
        reason: Code,
        /// The recorded event.
        event: ConsentRef,
    },
}

/// The event by which the writer of a case recorded the basis: its name in the logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentRef {
    /// The log.
    pub log: LogId,
    /// The entry.
    pub seq: u64,
}

/// How a look ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Complete {
    /// The `Begin` of the same chain that it ends.
    pub begin_seq: u64,
    /// The look-up.
    pub lookup: LookupId,
    /// The end.
    pub outcome: Outcome,
    /// 表示項目 as shown: with the number of rows, sorted by code.
    pub shown: Vec<ShownItem>,
}

/// The end of a look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Rows were handed over.
    Shown,
    /// The source answered that there is nothing.
    Nothing,
    /// Refused (consent withdrawn, window over, not entitled).
    Refused {
        /// Why.
        reason: Code,
    },
    /// The source failed; nothing was shown.
    Failed {
        /// Why.
        reason: Code,
    },
}

/// A section that was shown.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ShownItem {
    /// Section code.
    pub item: Code,
    /// Rows in it.
    pub rows: u32,
}

/// A head that is kept outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// The newest entry that it covers.
    pub seq: u64,
    /// Its hash.
    pub hash: Hash,
}

/// What a purge removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purge {
    /// Entries of this chain up to here are gone.
    pub through: u64,
    /// The hash of the last of them.
    pub hash: Hash,
}

/// An entry as it is stored: bytes and hash side by side, so that damage of the newest entry shows as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Place in the chain.
    pub seq: u64,
    /// The entry in CBOR.
    pub bytes: Vec<u8>,
    /// SHA-256 of `bytes`.
    pub hash: Hash,
}

impl AuditEntry {
    /// The stored form.
    ///
    /// # Panics
    /// Never: an entry holds only values that CBOR can express.
    #[must_use]
    pub fn to_stored(&self) -> Stored {
        let bytes =
            minicbor_serde::to_vec(self).expect("an entry holds only integers, ids, codes and lists of known length");
        Stored { seq: self.seq, hash: Hash::of(&bytes), bytes }
    }
}

impl Stored {
    /// Reads the entry back; `None` when the bytes are not exactly what an entry would be stored as.
    #[must_use]
    pub fn entry(&self) -> Option<AuditEntry> {
        let entry: AuditEntry = minicbor_serde::from_slice(&self.bytes).ok()?;
        (entry.to_stored().bytes == self.bytes).then_some(entry)
    }
}

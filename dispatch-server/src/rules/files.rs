//! The files of the rules' folder.

use field_alerts::signed::{KEY_BYTES, SIGNATURE_BYTES};
use model::DepartmentId;
use serde::{Deserialize, Serialize};

/// `installed.json`: a table as its council signed it. Text and signature lie in one file, so that one cannot be replaced
/// without the other.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Installed {
    /// When it was installed, RFC 3339.
    pub at: String,
    /// The signature, hexadecimal.
    #[serde(with = "hex_signature")]
    pub signature: Vec<u8>,
    /// The table (TOML), byte for byte.
    pub text: String,
}

/// `councils.json`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Councils {
    pub(super) councils: Vec<Council>,
}

/// A medical control council (地域MC協議会) whose signature is trusted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Council {
    /// Its name.
    pub name: String,
    /// Its public key, hexadecimal.
    #[serde(with = "hex::serde")]
    pub key: [u8; KEY_BYTES],
    /// Since when it is trusted, RFC 3339.
    pub since: String,
}

/// `switches.json`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Switches {
    pub(super) changes: Vec<Change>,
}

/// A rule switched off or on again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// When, RFC 3339.
    pub at: String,
    /// Who decided it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// For whom.
    pub department: DepartmentId,
    /// Which rule.
    pub rule: String,
    /// On from now, or off.
    pub on: bool,
}

mod hex_signature {
    use super::SIGNATURE_BYTES;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&hex::encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(from)?;
        let bytes = hex::decode(text.trim()).map_err(serde::de::Error::custom)?;
        if bytes.len() == SIGNATURE_BYTES {
            return Ok(bytes);
        }
        Err(serde::de::Error::custom(format!("expected {SIGNATURE_BYTES} bytes in hexadecimal")))
    }
}

//! What protects this tablet's keys, and what a thief gets: `card-check` says it, `docs/security.md` says it at length.

use ambulance_runtime::{Protection, SealReason, TabletFolder};
use anyhow::Result;
use serde::Serialize;

/// How the keys of a tablet rest. All texts are whole sentences.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeysFound {
    /// The certificate's key: `tpm` or `file`.
    certificate: &'static str,
    /// The outbox's key; none before the first start.
    outbox: Option<&'static str>,
    /// The TPM of this machine: `used`, `ready` (the next start seals by it), `unusable`, `off`, `none`.
    tpm: &'static str,
    /// What protects them.
    ja: &'static str,
    /// What a thief gets.
    thief_ja: &'static str,
    /// What protects them, in English.
    en: &'static str,
    /// What a thief gets, in English.
    thief_en: &'static str,
}

/// The words of one state, in the order of the fields.
type Words = [&'static str; 4];

const THIEF_FILE: [&str; 2] = [
    "端末のファイルを写した人は、失効（units revoke）までこの端末になりすませ、この隊が最近72時間に記録した内容を読めます。\
     防ぐのはディスクの暗号化だけです。病歴は端末に残りません。",
    "Whoever copies the tablet's files can pass for it until it is revoked (units revoke), and read what this crew recorded in \
     the last 72 hours. Only disk encryption prevents it. No medical history rests here.",
];
const THIEF_TPM: [&str; 2] = [
    "ディスクを抜いても写しても、鍵と記録は読めません。端末ごと盗み、管理者の権限まで得た人は、失効（units revoke）までこの端末に\
     なりすませ、最近72時間の記録を読めます。病歴は端末に残りません。",
    "A disk that is taken out or copied gives neither keys nor records. Whoever takes the whole tablet and becomes its \
     administrator can pass for it until it is revoked (units revoke), and read the last 72 hours. No medical history rests here.",
];

const fn words(what: [&'static str; 2], thief: [&'static str; 2]) -> Words {
    [what[0], thief[0], what[1], thief[1]]
}

const USED: Words = words(
    [
        "この端末のTPMで封じてあります（TPMの実機では試験していません）。",
        "Sealed by this machine's TPM (never tried on hardware).",
    ],
    THIEF_TPM,
);
const READY: Words = words(
    [
        "ファイルにあります。TPMがあるので、次に端末を始めるときに封じます。",
        "In a file. There is a TPM: the next start of the tablet seals them.",
    ],
    THIEF_FILE,
);
const UNUSABLE: Words = words(
    [
        "ファイルにあります。TPMはありますが、使えません（許可と本体の設定を確かめてください）。",
        "In a file. There is a TPM, but it cannot be used: check its permissions and the machine's setup.",
    ],
    THIEF_FILE,
);
const OFF: Words = words(
    ["ファイルにあります。TPMは設定で切ってあります。", "In a file. The settings switch the TPM off."],
    THIEF_FILE,
);
const NONE: Words =
    words(["ファイルにあります。この端末にTPMはありません。", "In a file. This machine shows no TPM."], THIEF_FILE);

/// Looks at the keys; a TPM that seals none of them yet is asked whether it could.
///
/// # Errors
/// When a key's file cannot be read.
pub fn look(tablet: &TabletFolder) -> Result<KeysFound> {
    let [certificate, outbox] = tablet.keys_rest()?;
    let all_sealed = [certificate, outbox].into_iter().flatten().all(|rests| rests == Protection::Tpm);
    Ok(found([certificate, outbox], tablet.seal.reason, all_sealed || tablet.seal.works()))
}

fn found([certificate, outbox]: [Option<Protection>; 2], reason: SealReason, works: bool) -> KeysFound {
    let sealed = [certificate, outbox].into_iter().flatten().all(|rests| rests == Protection::Tpm);
    let (tpm, [ja, thief_ja, en, thief_en]) = match reason {
        SealReason::Named | SealReason::Found if sealed => ("used", USED),
        SealReason::Named | SealReason::Found if works => ("ready", READY),
        SealReason::Named | SealReason::Found => ("unusable", UNUSABLE),
        SealReason::SwitchedOff => ("off", OFF),
        SealReason::NoTpm => ("none", NONE),
    };
    let certificate = certificate.map_or("file", name);
    KeysFound { certificate, outbox: outbox.map(name), tpm, ja, thief_ja, en, thief_en }
}

impl KeysFound {
    /// Two lines for the crew.
    #[must_use]
    pub fn lines(&self) -> String {
        format!("鍵: {}\n盗まれたとき: {}\n", self.ja, self.thief_ja)
    }
}

const fn name(rests: Protection) -> &'static str {
    match rests {
        Protection::File => "file",
        Protection::Tpm => "tpm",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_in_a_file_is_never_said_to_be_sealed() {
        use Protection::{File, Tpm};
        let said = |rests, reason, works| {
            let found = found(rests, reason, works);
            (found.tpm, found.thief_ja == THIEF_TPM[0])
        };
        let found = SealReason::Found;
        assert_eq!(said([Some(Tpm), Some(Tpm)], found, true), ("used", true));
        assert_eq!(said([Some(Tpm), None], found, true), ("used", true));
        assert_eq!(said([Some(File), Some(Tpm)], found, true), ("ready", false));
        assert_eq!(said([Some(Tpm), Some(File)], SealReason::Named, false), ("unusable", false));
        assert_eq!(said([Some(File), None], SealReason::SwitchedOff, false), ("off", false));
        assert_eq!(said([Some(File), Some(File)], SealReason::NoTpm, false), ("none", false));
    }
}

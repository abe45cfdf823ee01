//! What can be wrong, and whom to ask for what.

use serde::Serialize;

/// One thing found wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The reason code.
    pub code: String,
    /// One sentence.
    pub ja: String,
    /// What to do, or what to ask of whom.
    pub next_ja: String,
    /// The same in English.
    pub en: String,
    /// What to do, in English.
    pub next_en: String,
}

/// What is wrong with the way to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkFault {
    /// No network at all.
    NoRoute,
    /// The server's name has no address.
    NameNotResolved,
    /// Nothing answers.
    Unreachable,
    /// The host answers TCP, UDP is swallowed.
    UdpFiltered,
    /// The host is there, no server listens.
    NotListening,
    /// Too many handshakes.
    Busy,
    /// Another name in its certificate.
    WrongName,
    /// Its certificate is of another authority.
    NotTrusted,
    /// Its certificate has ended.
    CertificateExpired,
    /// Ours has ended, or the clock is ahead.
    OwnCertificateExpired,
    /// This device's clock.
    ClockWrong,
    /// The server does not accept our certificate.
    OwnCertificateRefused,
    /// Revoked.
    Revoked,
    /// Not enrolled.
    UnknownDevice,
    /// Training and live.
    TrainingMismatch,
    /// Versions.
    Version,
    /// No Welcome.
    NoWelcome,
}

impl LinkFault {
    /// Every fault, for documents and tests.
    pub const ALL: [Self; 17] = [
        Self::NoRoute,
        Self::NameNotResolved,
        Self::Unreachable,
        Self::UdpFiltered,
        Self::NotListening,
        Self::Busy,
        Self::WrongName,
        Self::NotTrusted,
        Self::CertificateExpired,
        Self::OwnCertificateExpired,
        Self::ClockWrong,
        Self::OwnCertificateRefused,
        Self::Revoked,
        Self::UnknownDevice,
        Self::TrainingMismatch,
        Self::Version,
        Self::NoWelcome,
    ];

    /// A stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoRoute => "no_route",
            Self::NameNotResolved => "name_not_resolved",
            Self::Unreachable => "unreachable",
            Self::UdpFiltered => "udp_filtered",
            Self::NotListening => "not_listening",
            Self::Busy => "busy",
            Self::WrongName => "wrong_name",
            Self::NotTrusted => "not_trusted",
            Self::CertificateExpired => "certificate_expired",
            Self::OwnCertificateExpired => "own_certificate_expired",
            Self::ClockWrong => "clock_wrong",
            Self::OwnCertificateRefused => "own_certificate_refused",
            Self::Revoked => "revoked",
            Self::UnknownDevice => "unknown_device",
            Self::TrainingMismatch => "training_mismatch",
            Self::Version => "version",
            Self::NoWelcome => "no_welcome",
        }
    }

    /// The sentence and what to do, in Japanese; `{port}` stands for the UDP port.
    const fn ja(self) -> (&'static str, &'static str) {
        match self {
            Self::NoRoute => ("端末が回線につながっていません。", "機内モード、SIM、Wi-Fiを確かめてください。"),
            Self::NameNotResolved => (
                "サーバーの名前からアドレスが分かりません。",
                "名前の綴りを確かめ、回線の管理者にDNSを確かめてもらってください。",
            ),
            Self::Unreachable => (
                "サーバーから何の応答もありません。",
                "電波を確かめ、続くときは指令センターにサーバーの稼働とUDP {port}番の通過を確かめてください。",
            ),
            Self::UdpFiltered => (
                "サーバーの機械は応答しますが、UDPが途中で止められています。",
                "回線の管理者に「UDP {port}番の送受信を許可してください（QUIC）」と頼んでください。",
            ),
            Self::NotListening => (
                "サーバーの機械はありますが、UDP {port}番で待っていません。",
                "指令センターにサーバーの稼働とポート番号を確かめてください。",
            ),
            Self::Busy => ("サーバーが混み合っています。", "少し待ってください。自動でつなぎ直します。"),
            Self::WrongName => {
                ("相手の証明書は別の名前のものです。", "設定のサーバーのアドレスと名前を確かめてください。")
            }
            Self::NotTrusted => (
                "相手の証明書はこの施設のものではありません。",
                "つながず、管理者に接続先と途中の機器（通信の検査）を確かめてもらってください。",
            ),
            Self::CertificateExpired => (
                "サーバーの証明書の期限が切れています。",
                "指令センターに証明書の更新を頼んでください。端末の日時も確かめてください。",
            ),
            Self::OwnCertificateExpired => (
                "端末の日時では、この端末の証明書の期限が切れています。",
                "端末の日時を確かめ、正しければ管理者に再登録を頼んでください。",
            ),
            Self::ClockWrong => ("端末の時計が合っていません。", "端末の日時を合わせてください。"),
            Self::OwnCertificateRefused => {
                ("サーバーがこの端末の証明書を受け付けません。", "管理者に再登録を頼んでください。")
            }
            Self::Revoked => ("この端末は失効しています。", "指令センターに連絡し、予備の端末を使ってください。"),
            Self::UnknownDevice => ("この端末は登録されていません。", "管理者に登録を頼んでください。"),
            Self::TrainingMismatch => {
                ("訓練用と本番用が混ざっています。", "設定の接続先（訓練・本番）を確かめてください。")
            }
            Self::Version => ("端末とサーバーの版が合いません。", "管理者に更新を頼んでください。"),
            Self::NoWelcome => {
                ("つながりましたが、サーバーがあいさつに答えません。", "指令センターに連絡してください。")
            }
        }
    }

    /// The same in English.
    const fn en(self) -> (&'static str, &'static str) {
        match self {
            Self::NoRoute => ("The tablet has no network.", "Check flight mode, SIM and Wi-Fi."),
            Self::NameNotResolved => {
                ("The server's name has no address.", "Check its spelling, and ask the network's owner about DNS.")
            }
            Self::Unreachable => (
                "The server does not answer at all.",
                "Check the radio; then ask the dispatch centre whether the server runs and UDP port {port} is open.",
            ),
            Self::UdpFiltered => (
                "The server's host answers, but UDP is blocked on the way.",
                "Ask the network's owner to allow UDP port {port} in both directions (QUIC).",
            ),
            Self::NotListening => (
                "The server's host is there, but nobody listens on UDP port {port}.",
                "Ask the dispatch centre whether the server runs, and on which port.",
            ),
            Self::Busy => ("The server is busy.", "Wait a moment; the tablet dials again by itself."),
            Self::WrongName => (
                "The other side's certificate is for another name.",
                "Check the server's address and name in the settings.",
            ),
            Self::NotTrusted => (
                "The other side's certificate is not of this installation.",
                "Do not go on; ask the administrator to check the address and devices in between that inspect traffic.",
            ),
            Self::CertificateExpired => (
                "The server's certificate has expired.",
                "Ask the dispatch centre to renew it, and check this tablet's date and time.",
            ),
            Self::OwnCertificateExpired => (
                "By this tablet's clock its certificate has expired.",
                "Check the date and time; if they are right, ask the administrator to enrol the tablet again.",
            ),
            Self::ClockWrong => ("This tablet's clock is wrong.", "Set the date and time."),
            Self::OwnCertificateRefused => (
                "The server does not accept this tablet's certificate.",
                "Ask the administrator to enrol the tablet again.",
            ),
            Self::Revoked => ("This tablet is revoked.", "Call the dispatch centre and use a spare tablet."),
            Self::UnknownDevice => ("This tablet is not enrolled.", "Ask the administrator to enrol it."),
            Self::TrainingMismatch => {
                ("Training and live installations are mixed.", "Check which server the settings name.")
            }
            Self::Version => {
                ("The versions of tablet and server do not match.", "Ask the administrator for an update.")
            }
            Self::NoWelcome => {
                ("The connection stands, but the server does not say Welcome.", "Call the dispatch centre.")
            }
        }
    }

    /// The finding, with the port filled in.
    #[must_use]
    pub fn finding(self, port: u16) -> Finding {
        let filled = |text: &str| text.replace("{port}", &port.to_string());
        let ((ja, next_ja), (en, next_en)) = (self.ja(), self.en());
        Finding {
            code: self.code().to_owned(),
            ja: filled(ja),
            next_ja: filled(next_ja),
            en: filled(en),
            next_en: filled(next_en),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_fault_has_its_code_and_whole_sentences() {
        let codes: BTreeSet<_> = LinkFault::ALL.iter().map(|fault| fault.code()).collect();
        assert_eq!(codes.len(), LinkFault::ALL.len());
        for fault in LinkFault::ALL {
            let finding = fault.finding(4433);
            for text in [&finding.ja, &finding.next_ja] {
                assert!(text.ends_with('。') && !text.contains('{'), "{text}");
            }
            for text in [&finding.en, &finding.next_en] {
                assert!(text.ends_with('.') && !text.contains('{'), "{text}");
            }
        }
        assert!(LinkFault::UdpFiltered.finding(4433).next_ja.contains("4433"));
    }
}

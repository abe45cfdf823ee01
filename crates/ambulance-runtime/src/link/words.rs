//! One sentence for the crew's page "what works now": what is wrong, and what to do.

use quic_link::{FrameError, LinkError};

/// Nothing was heard any more.
pub(super) const SILENT: &str = "サーバーから応答がありません。電波と回線（UDP）を確かめてください。";
/// Hello without an answer.
pub(super) const NO_WELCOME: &str = "サーバーがあいさつに答えません。自動でつなぎ直します。";
/// Closed without a reason that the crew can do anything about.
pub(super) const CLOSED: &str = "サーバーが接続を閉じました。自動でつなぎ直します。";
/// What arrived was not what was expected.
pub(super) const NOT_UNDERSTOOD: &str =
    "サーバーの言葉が分かりません。自動でつなぎ直します。続くときは管理者に更新を頼んでください。";

/// A connection that could not be made, or has ended.
pub(super) fn of_link(error: &LinkError) -> &'static str {
    match error {
        LinkError::Unreachable | LinkError::TimedOut => SILENT,
        LinkError::NameMismatch | LinkError::UntrustedPeer => {
            "相手が正しいサーバーではありません。設定を確かめてください。"
        }
        LinkError::CertificateExpiredOrClock => "証明書の期限か端末の時計が合いません。日時を確かめてください。",
        LinkError::OwnCertificateRefused { .. } => {
            "この端末の証明書をサーバーが受け付けません。管理者に連絡してください。"
        }
        LinkError::Busy => "サーバーが混み合っています。自動でつなぎ直します。",
        LinkError::NoCommonProtocol => "端末のプログラムが古すぎます。管理者に更新を頼んでください。",
        LinkError::ClosedByPeer { .. } | LinkError::PeerRestarted => CLOSED,
        LinkError::Io(_) => "端末の回線が使えません。電波と接続先の設定を確かめてください。",
        _ => "通信できません。自動でつなぎ直します。",
    }
}

/// A stream that failed.
pub(super) fn of_frame(error: &FrameError) -> &'static str {
    match error {
        FrameError::Lost(error) => of_link(error),
        FrameError::TooLarge { .. } => NOT_UNDERSTOOD,
        _ => CLOSED,
    }
}

//! Why this tablet does not start, in the crew's words: from the error that stopped it.

use crate::screens::safe_state::SafeStateVm;
use crate::text::Lang;
use ambulance_runtime::{KeyError, OpenError, StartError};
use model::Timestamp;

/// Sentences of one cause: what happened, what it means, its own steps, what is kept.
struct Cause {
    sign: &'static str,
    title: (&'static str, &'static str),
    meaning: (&'static str, &'static str),
    /// How many of the steps come before paper.
    before_paper: usize,
    steps: &'static [(&'static str, &'static str, &'static str, &'static str)],
    kept: (&'static str, &'static str),
}

const MEANING: (&str, &str) = (
    "この端末では記録・照会・候補が使えません。電話と紙で続けてください。",
    "No record, look-up or hospital list on this tablet: go on by phone and paper.",
);
const KEPT: (&str, &str) = ("これまでの記録は、ファイルのまま残っています", "The record so far is kept in its file");
const TRY: (&str, &str, &str, &str) = (
    "「もう一度ためす」を押す",
    "まだ出るときは、この画面のまま管理者へ",
    "Press \"Try again\"",
    "if it comes back, show this page to the administrator",
);

const IN_USE: Cause = Cause {
    sign: "OUTBOX-IN-USE",
    title: ("別の画面がこの記録を使っています", "Another window uses this tablet's record"),
    meaning: (
        "この画面では使えません。もう1つの画面は、そのまま使えます。",
        "This window cannot be used. The other one goes on as before.",
    ),
    before_paper: 1,
    steps: &[
        (
            "もう1つの画面をさがす",
            "同じ端末で二重に開いています。そちらをそのまま使えます",
            "Look for the other window",
            "it is open twice on this tablet; go on in the other one",
        ),
        (
            "見つからなければ、端末を入れなおす",
            "電源を切って入れると、前の画面は終わります",
            "If there is none, restart the tablet",
            "switching it off and on ends the other one",
        ),
    ],
    kept: KEPT,
};

const WRONG_KEY: Cause = Cause {
    sign: "OUTBOX-WRONG-KEY",
    title: ("記録を開く鍵が合いません", "The key does not open this tablet's record"),
    meaning: MEANING,
    before_paper: 0,
    steps: &[(
        "管理者へ: この端末の鍵ファイルを戻す",
        "outbox.key が入れかわっています。記録は壊れていません",
        "Administrator: put the tablet's key file back",
        "outbox.key was exchanged; the record itself is whole",
    )],
    kept: KEPT,
};

const OTHER_TPM: Cause = Cause {
    sign: "KEY-OTHER-TPM",
    title: ("この端末では鍵を開けません", "This tablet cannot open its key"),
    meaning: MEANING,
    before_paper: 0,
    steps: &[(
        "管理者へ: 隊の登録をやりなおす",
        "別の機械のTPMで封じた鍵か、TPMが消されています",
        "Administrator: enrol the unit again",
        "another TPM sealed the key, or this TPM was cleared",
    )],
    kept: ("鍵と記録は、ファイルのまま残っています", "Key and record are kept in their files"),
};

const NO_TPM: Cause = Cause {
    sign: "KEY-NO-TPM",
    title: ("鍵を封じたTPMを使えません", "The TPM that sealed the key does not answer"),
    meaning: MEANING,
    before_paper: 0,
    steps: &[
        (
            "端末を入れなおす",
            "電源を切って入れ、もう一度ためす",
            "Restart the tablet",
            "switch it off and on, then try again",
        ),
        (
            "管理者へ: 本体の設定でTPMを有効にする",
            "TPMがもうないときは、隊の登録をやりなおす",
            "Administrator: switch the TPM on in the setup",
            "if it is gone for good, enrol the unit again",
        ),
    ],
    kept: OTHER_TPM.kept,
};

const DAMAGED: Cause = Cause {
    sign: "OUTBOX-DAMAGED",
    title: ("記録のファイルが壊れています", "The record's file is damaged"),
    meaning: MEANING,
    before_paper: 0,
    steps: &[(
        "管理者へ: ファイルを消さずに渡す",
        "読める所は取り出せます。サーバーに届いた分は無事です",
        "Administrator: hand the file over, do not delete it",
        "what can be read is recovered; the server keeps what it had",
    )],
    kept: ("壊れたファイルは、そのまま残しています", "The damaged file is kept as it is"),
};

const TOO_NEW: Cause = Cause {
    sign: "OUTBOX-NEWER",
    title: ("記録が、この版より新しい版のものです", "The record is of a newer version"),
    meaning: MEANING,
    before_paper: 0,
    steps: &[(
        "管理者へ: 新しい版のプログラムを入れる",
        "古い版にもどした端末は、新しい記録を読めません",
        "Administrator: install the newer program",
        "an older program cannot read a newer record",
    )],
    kept: KEPT,
};

const DISK_FULL: Cause = Cause {
    sign: "DISK-FULL",
    title: ("端末の空きがありません", "The tablet's disk is full"),
    meaning: MEANING,
    before_paper: 0,
    steps: &[(
        "ほかのファイルを消して、空きを作る",
        "記録のファイルは消さない。空いたら「もう一度ためす」",
        "Make room: delete other files",
        "never the record's; then press \"Try again\"",
    )],
    kept: KEPT,
};

const FORBIDDEN: Cause = Cause {
    sign: "OUTBOX-FORBIDDEN",
    title: ("記録のファイルを使う許可がありません", "This tablet may not use its record's file"),
    meaning: MEANING,
    before_paper: 0,
    steps: &[(
        "管理者へ: ファイルの持ち主と許可をなおす",
        "記録は壊れていません。許可をなおすと、そのまま使えます",
        "Administrator: correct owner and permissions",
        "the record is whole; it opens once they are right",
    )],
    kept: KEPT,
};

const KEPT_FULL: Cause = Cause {
    sign: "OUTBOX-KEPT-FULL",
    title: ("壊れた記録がたまりすぎています", "Too many damaged records are kept"),
    meaning: MEANING,
    before_paper: 0,
    steps: &[(
        "管理者へ: 壊れたファイルを移し、ディスクをかえる",
        "何度も壊れています。ディスクの故障のおそれがあります",
        "Administrator: move them away, replace the disk",
        "it was damaged again and again: the disk may be failing",
    )],
    kept: ("壊れたファイルは、すべて残しています", "All damaged files are kept"),
};

const MEDIUM: Cause = Cause {
    sign: "OUTBOX-MEDIUM",
    title: ("記録のファイルを使えません", "The record's file cannot be used"),
    meaning: MEANING,
    before_paper: 0,
    steps: &[(
        "管理者へ: 書きこみの許可とディスクを確かめる",
        "フォルダーがない、許可がない、またはディスクの故障です",
        "Administrator: check permissions and disk",
        "the folder is missing, closed to us, or the disk fails",
    )],
    kept: KEPT,
};

const SETTINGS: Cause = Cause {
    sign: "TABLET-FOLDER",
    title: ("端末の設定を読めません", "The tablet's settings cannot be read"),
    meaning: MEANING,
    before_paper: 0,
    steps: &[(
        "管理者へ: 端末のフォルダーを確かめる",
        "設定か証明書がありません。隊の登録をやりなおせます",
        "Administrator: check the tablet's folder",
        "settings or certificate are missing; enrol the unit again",
    )],
    kept: KEPT,
};

const NETWORK: Cause = Cause {
    sign: "NETWORK",
    title: ("通信の準備ができません", "The network cannot be opened"),
    meaning: MEANING,
    before_paper: 0,
    steps: &[(
        "端末を入れなおす",
        "電源を切って入れ、もう一度ためす",
        "Restart the tablet",
        "switch it off and on, then try again",
    )],
    kept: KEPT,
};

const OTHER: Cause = Cause {
    sign: "START",
    title: ("この端末を始められません", "This tablet cannot start"),
    meaning: MEANING,
    before_paper: 0,
    steps: &[(
        "端末を入れなおす",
        "電源を切って入れ、もう一度ためす",
        "Restart the tablet",
        "switch it off and on, then try again",
    )],
    kept: KEPT,
};

const fn outbox(error: &OpenError) -> &'static Cause {
    match error {
        OpenError::Locked { .. } => &IN_USE,
        OpenError::WrongKey { .. } => &WRONG_KEY,
        OpenError::Damaged { .. } => &DAMAGED,
        OpenError::TooNew { .. } => &TOO_NEW,
        OpenError::DiskFull { .. } => &DISK_FULL,
        OpenError::Forbidden { .. } => &FORBIDDEN,
        OpenError::KeptFull { .. } => &KEPT_FULL,
        OpenError::Medium { .. } => &MEDIUM,
    }
}

const fn cause(error: &StartError) -> &'static Cause {
    match error {
        StartError::Outbox(error) => outbox(error),
        StartError::Content(_) => &DAMAGED,
        StartError::Key(KeyError::Damaged { .. }) => &WRONG_KEY,
        StartError::Key(KeyError::OtherTpm { .. }) => &OTHER_TPM,
        StartError::Key(KeyError::NoTpm { .. }) => &NO_TPM,
        StartError::Key(KeyError::File { .. }) | StartError::Folder { .. } => &MEDIUM,
        StartError::Settings(_)
        | StartError::Certificate(_)
        | StartError::OtherUnit(_)
        | StartError::TestRoot { .. }
        | StartError::Anchors(_) => &SETTINGS,
        StartError::Link(_) => &NETWORK,
        StartError::Key(KeyError::NoRandomness) | StartError::NoRandomness => &OTHER,
    }
}

/// The screen for the error that keeps this tablet from starting; none is one that this program cannot tell apart.
#[must_use]
pub fn safe_state(error: Option<&StartError>, detail: &str, tried_at: Timestamp, lang: Lang) -> SafeStateVm {
    let cause = error.map_or(&OTHER, cause);
    let say = |(ja, en): (&str, &str)| match lang {
        Lang::Ja => ja.to_owned(),
        Lang::En => en.to_owned(),
    };
    let paper = (
        "活動は止めない ― 段階の時刻は紙に",
        "この端末は、いま何も記録できません",
        "Do not stop ― note the times on paper",
        "this tablet keeps nothing now",
    );
    let (first, rest) = cause.steps.split_at_checked(cause.before_paper).unwrap_or((cause.steps, &[]));
    let steps = first.iter().chain([&paper]).chain(rest).chain([&TRY]);
    let at = tried_at.tokyo_hhmm();
    SafeStateVm {
        title: say(cause.title),
        meaning: say(cause.meaning),
        steps: steps.map(|(ja, how_ja, en, how_en)| (say((ja, en)), say((how_ja, how_en)))).collect(),
        kept: (
            say(cause.kept),
            say((
                "何も消していません。サーバーに届いた分はサーバーにもあります。",
                "Nothing was deleted. What the server has is there too.",
            )),
        ),
        works: (
            say(("いま使えるもの", "What works now")),
            [
                ("指令台へ無線・電話", "dispatch by radio, phone"),
                ("病院へ電話で照会", "hospitals by phone"),
                ("お薬手帳・聞き取り", "medicine book, asking"),
                ("紙の活動記録", "paper record"),
            ]
            .map(say)
            .to_vec(),
        ),
        footer: format!("{} {} ・ {detail}", say(("記号", "sign")), cause.sign),
        tried: say((&format!("{at} にためしました"), &format!("tried {at}"))),
    }
}

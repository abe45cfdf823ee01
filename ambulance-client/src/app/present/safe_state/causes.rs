//! Sentences for each cause that keeps a tablet from starting.

/// Sentences of one cause: what happened, what it means, its own steps, what is kept.
pub(super) struct Cause {
    pub(super) sign: &'static str,
    pub(super) title: (&'static str, &'static str),
    pub(super) meaning: (&'static str, &'static str),
    /// How many of the steps come before paper.
    pub(super) before_paper: usize,
    pub(super) steps: &'static [(&'static str, &'static str, &'static str, &'static str)],
    pub(super) kept: (&'static str, &'static str),
}

const MEANING: (&str, &str) = (
    "この端末では記録・照会・候補が使えません。電話と紙で続けてください。",
    "No record, look-up or hospital list on this tablet: go on by phone and paper.",
);
const KEPT: (&str, &str) = ("これまでの記録は、ファイルのまま残っています", "The record so far is kept in its file");
pub(super) const TRY: (&str, &str, &str, &str) = (
    "「もう一度ためす」を押す",
    "まだ出るときは、この画面のまま管理者へ",
    "Press \"Try again\"",
    "if it comes back, show this page to the administrator",
);

pub(super) const IN_USE: Cause = Cause {
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

pub(super) const WRONG_KEY: Cause = Cause {
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

pub(super) const OTHER_TPM: Cause = Cause {
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

pub(super) const NO_TPM: Cause = Cause {
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

pub(super) const DAMAGED: Cause = Cause {
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

pub(super) const TOO_NEW: Cause = Cause {
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

pub(super) const DISK_FULL: Cause = Cause {
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

pub(super) const FORBIDDEN: Cause = Cause {
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

pub(super) const KEPT_FULL: Cause = Cause {
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

pub(super) const MEDIUM: Cause = Cause {
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

pub(super) const SETTINGS: Cause = Cause {
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

pub(super) const NETWORK: Cause = Cause {
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

pub(super) const OTHER: Cause = Cause {
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

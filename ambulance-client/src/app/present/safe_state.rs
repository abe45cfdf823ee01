//! Why this tablet does not start, in the crew's words: from the error that stopped it.

use crate::screens::safe_state::SafeStateVm;
use crate::text::Lang;
use ambulance_runtime::{KeyError, OpenError, StartError};
use model::Timestamp;

mod causes;

use causes::{
    Cause, DAMAGED, DISK_FULL, FORBIDDEN, IN_USE, KEPT_FULL, MEDIUM, NETWORK, NO_TPM, OTHER, OTHER_TPM, SETTINGS,
    TOO_NEW, TRY, WRONG_KEY,
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

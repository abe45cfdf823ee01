//! A script drives the tablet like a crew: `--headless SCRIPT` without a window, `--script SCRIPT` with one.
//!
//! In: a JSON file of steps. Out: one JSON line per step on standard output, and a report at the end.

pub mod example;
pub mod report;
pub mod run;

use crate::text::Lang;
use crate::theme::{Hand, ThemeName};
use case::{DeclineReason, Ending, FindingsChange, OralChange, OverrideReason};
use model::{Position, Stage};
use patient_history::ConsentBasis;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Steps in one script. More is refused.
pub const STEPS_MAX: usize = 1_000;
/// A wait without `within_s` ends after this many seconds.
pub const WAIT_S: u64 = 30;

/// A script.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// What it is, for people.
    #[serde(default)]
    pub about: String,
    /// What to do, in order.
    pub steps: Vec<Step>,
}

/// One step.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Sign in.
    SignIn(SignIn),
    /// Key the crew's staff password for 目視: right before `face`, or while the look-up asks for it.
    StaffPassword(StaffPassword),
    /// Wait for something; failing that, the script fails.
    Wait(Wait),
    /// Begin a case here.
    OpenCase,
    /// Take over the newest open case of this unit, as a second tablet would.
    TakeOver,
    /// Stamp a stage.
    Stamp(Stage),
    /// Take the last stamp back.
    Undo,
    /// Record an observation.
    Observe(FindingsChange),
    /// Where the unit is.
    At(Position),
    /// Card and patient: the same person, or not.
    Face(Face),
    /// The recorded basis.
    Consent(ConsentBasis),
    /// Take the consent back.
    WithdrawConsent,
    /// The summary is looked at.
    HistoryShown,
    /// A code of a medicine notebook: a file of its text, or a picture of one or several codes (PNG, JPEG). Fails when it
    /// is not taken; a part of a split one is.
    Notebook(PathBuf),
    /// It is this patient's.
    NotebookUse,
    /// Somebody answered a question of the crew (聞き取り).
    Tell(OralChange),
    /// Ask the best hospitals of the list.
    Enquire(Enquire),
    /// Go on asking down the list until a hospital accepts.
    EnquireUntilDecided(Enquire),
    /// What the first open telephone enquiry's hospital said.
    TelephoneAnswer(TelephoneAnswer),
    /// Take a standing conditional offer.
    TakeOffer,
    /// End without a handover.
    End(Ending),
    /// Make the handover document.
    MakeDocument,
    /// Let so many milliseconds pass, as a crew does between presses.
    PauseMs(u64),
    /// Save a picture of the window under this name (with a window only).
    Picture(Picture),
    /// Too many wrong codes on the lock page.
    LockOut,
}

/// Sign-in name and passcode (training installations).
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Name.
    pub login: String,
    /// Passcode.
    pub passcode: String,
}

impl core::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("SignIn").field("login", &self.login).finish_non_exhaustive()
    }
}

/// The staff password (training installations). Never printed.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StaffPassword(pub String);

impl core::fmt::Debug for StaffPassword {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("StaffPassword(..)")
    }
}

/// A wait.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wait {
    /// For what.
    pub r#for: For,
    /// At most so many seconds.
    #[serde(default = "wait_s")]
    pub within_s: u64,
}

const fn wait_s() -> u64 {
    WAIT_S
}

/// What can be waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum For {
    /// The server said Welcome.
    Connected,
    /// The link is lost.
    Offline,
    /// The crew is signed in.
    SignedIn,
    /// An open case is on screen.
    Case,
    /// A card was read and waits for the face.
    Card,
    /// A card reading ended without a card.
    CardFailed,
    /// History, or the reason why there is none.
    History,
    /// The look-up waits for the staff password: none was keyed, or a wrong one.
    StaffPassword,
    /// A list of hospitals.
    Suggestion,
    /// A list with the server's decision record.
    ServerSuggestion,
    /// A list that used the history.
    SuggestionWithHistory,
    /// Every open enquiry is answered or a destination decided.
    Answers,
    /// A destination.
    Destination,
    /// The handover's wipe.
    Wiped,
    /// The case is closed.
    Closed,
    /// The handover document.
    Document,
    /// Everything acknowledged by the server.
    Acknowledged,
}

/// The face compared with the card's photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Face {
    /// Same person.
    Same,
    /// Another person.
    Different,
}

/// An enquiry.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enquire {
    /// How many of the list, from the top.
    pub top: usize,
    /// By telephone.
    #[serde(default)]
    pub by_telephone: bool,
    /// Why not the first.
    #[serde(default)]
    pub override_reason: Option<OverrideReason>,
}

/// A hospital's word on the telephone.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TelephoneAnswer {
    /// It accepts.
    Accepted,
    /// It declines.
    Declined(DeclineReason),
}

/// A picture of the window.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Picture {
    /// File name without ending.
    pub name: String,
    /// The part of the case to show before: assess, card, history, hospital, handover, display, works_now, tablet, lock.
    #[serde(default)]
    pub part: Option<String>,
    /// How to show it; as before when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub look: Option<Look>,
}

/// Theme, language and hand of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Look {
    /// Day, night or sunlight.
    #[serde(default)]
    pub theme: ThemeName,
    /// Japanese or English.
    #[serde(default)]
    pub lang: Lang,
    /// The hand that holds the tablet.
    #[serde(default)]
    pub hand: Hand,
}

/// Why a script cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// Not what was expected.
    #[error("understand the script")]
    Content(#[source] serde_json::Error),
    /// Too long.
    #[error("the script has {0} steps, allowed are {STEPS_MAX}")]
    TooLong(usize),
}

impl Script {
    /// Reads a script.
    ///
    /// # Errors
    /// With line and column of what was not understood.
    pub fn parse(text: &str) -> Result<Self, ScriptError> {
        let script: Self = serde_json::from_str(text).map_err(ScriptError::Content)?;
        if script.steps.len() > STEPS_MAX {
            return Err(ScriptError::TooLong(script.steps.len()));
        }
        Ok(script)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_is_a_script_and_unknown_fields_are_named() {
        assert!(Script::parse(&example::text()).is_ok_and(|s| s.steps.len() > 20));
        let wrong = Script::parse(r#"{"steps":[{"wait":{"for":"case","withn_s":1}}]}"#).expect_err("refused");
        let cause = std::error::Error::source(&wrong).map(ToString::to_string).unwrap_or_default();
        assert!(cause.contains("withn_s"), "{cause}");
    }

    #[test]
    fn a_staff_password_is_read_and_never_printed() {
        let script = Script::parse(r#"{"steps":[{"staff_password":"4711"},{"wait":{"for":"staff_password"}}]}"#);
        let script = script.expect("a script");
        assert!(matches!(&script.steps[0], Step::StaffPassword(StaffPassword(digits)) if digits == "4711"));
        assert!(!format!("{script:?}").contains("4711"));
        assert!(!crate::cli::headless::name(&script.steps[0]).to_string().contains("4711"));
    }
}

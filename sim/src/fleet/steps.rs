//! The kinds of steps whose times are measured, and what is meant by each.

use serde::Serialize;

/// A kind of step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// A tablet starts until the server's Welcome is on its screen.
    Connect,
    /// A crew signs in (argon2id on the server).
    SignIn,
    /// The dispatch system opens an incident until the case is on the tablet's screen.
    Dispatch,
    /// Facts leave the tablet's core until the server says that they are durable.
    Acknowledge,
    /// The tablet's core asks where to go until the server's list is there.
    Suggestion,
    /// The tablet's core asks for the history until it is there; the national stand-in's own time is taken out.
    LookUp,
    /// An enquiry is pressed until the desk's page has it.
    Ring,
    /// A desk answers until the answer is on the tablet's screen.
    Answer,
    /// The tablet's core asks for the handover document until it is there.
    Document,
    /// A handover is pressed until nothing of the case waits on the tablet.
    Handover,
}

impl Step {
    /// All, in the order of a transport.
    pub const ALL: [Self; 10] = [
        Self::Connect,
        Self::SignIn,
        Self::Dispatch,
        Self::Acknowledge,
        Self::Suggestion,
        Self::LookUp,
        Self::Ring,
        Self::Answer,
        Self::Document,
        Self::Handover,
    ];

    /// Its name in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::SignIn => "sign-in",
            Self::Dispatch => "dispatch",
            Self::Acknowledge => "acknowledge",
            Self::Suggestion => "suggestion",
            Self::LookUp => "look-up",
            Self::Ring => "enquiry rings",
            Self::Answer => "answer shown",
            Self::Document => "document",
            Self::Handover => "handover",
        }
    }

    pub(super) const fn index(self) -> usize {
        self as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_stands_at_its_own_place() {
        for (n, step) in Step::ALL.into_iter().enumerate() {
            assert_eq!(step.index(), n, "{}", step.name());
        }
    }
}

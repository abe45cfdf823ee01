//! References for VERIFY and their counters (JICSAP 5.2.2).

use std::collections::{BTreeMap, BTreeSet};

use crate::access::{Access, Application};
use crate::behaviour::Behaviour;
use crate::files::{AUTH_PIN, SIGN_PIN};
use crate::persona::Persona;
use crate::{PersonaError, surface_files, text_files};

/// Tries of a 4-digit 暗証番号, of the 署名用 password, and of the numbers printed on the face.
const TRIES_PIN: u8 = 3;
const TRIES_PASSWORD: u8 = 5;
const TRIES_PRINTED: u8 = 10;

struct Reference {
    /// None: nothing matches.
    value: Option<Vec<u8>>,
    most: u8,
    left: u8,
}

/// What VERIFY found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// `9000`.
    Right,
    /// `63Cx`.
    Wrong { left: u8 },
    /// `6984`.
    Blocked,
}

/// All references of a card, and which are verified now.
pub(crate) struct Pins {
    references: BTreeMap<(Application, u16), Reference>,
    verified: BTreeSet<(Application, u16)>,
}

impl Pins {
    pub(crate) fn of(persona: &Persona, behaviour: &Behaviour, now: i64) -> Result<Self, PersonaError> {
        let auth = persona.card.auth_pin.as_bytes();
        let sign = persona.card.sign_password.as_deref().map(str::as_bytes);
        let code_b = persona.verification_number_b(now)?;
        let code_b = code_b.as_bytes();
        let birth = code_b.get(..6);
        let mut references = BTreeMap::new();
        let mut put = |application, id, value: Option<&[u8]>, most, left| {
            references.insert((application, id), Reference { value: value.map(<[u8]>::to_vec), most, left });
        };
        let auth_left = if behaviour.auth_pin_blocked { 0 } else { behaviour.auth_pin_left.unwrap_or(TRIES_PIN) };
        let b_left = behaviour.number_b_left.unwrap_or(TRIES_PRINTED);
        put(Application::Jpki, AUTH_PIN, Some(auth), TRIES_PIN, auth_left);
        put(Application::Jpki, SIGN_PIN, sign, TRIES_PASSWORD, if sign.is_some() { TRIES_PASSWORD } else { 0 });
        put(Application::Text, text_files::PIN, Some(auth), TRIES_PIN, TRIES_PIN);
        // Blocked on every card examined; what it guards is not known.
        put(Application::Text, 0x0012, None, TRIES_PIN, 0);
        put(Application::Text, text_files::CODE_A, None, TRIES_PRINTED, TRIES_PRINTED);
        put(Application::Text, text_files::CODE_B, Some(code_b), TRIES_PRINTED, b_left);
        put(Application::Surface, surface_files::BIRTH, birth, TRIES_PRINTED, TRIES_PRINTED);
        put(Application::Surface, surface_files::CODE_B, Some(code_b), TRIES_PRINTED, b_left);
        put(Application::Surface, surface_files::CODE_A, None, TRIES_PRINTED, TRIES_PRINTED);
        Ok(Self { references, verified: BTreeSet::new() })
    }

    /// Tries left; None when there is no such reference.
    pub(crate) fn left(&self, at: (Application, u16)) -> Option<u8> {
        self.references.get(&at).map(|r| r.left)
    }

    /// Compares and counts; None when there is no such reference.
    pub(crate) fn verify(&mut self, at: (Application, u16), presented: &[u8]) -> Option<Verdict> {
        let reference = self.references.get_mut(&at)?;
        if reference.left == 0 {
            return Some(Verdict::Blocked);
        }
        if reference.value.as_deref() == Some(presented) {
            reference.left = reference.most;
            self.verified.insert(at);
            return Some(Verdict::Right);
        }
        reference.left -= 1;
        self.verified.remove(&at);
        Some(Verdict::Wrong { left: reference.left })
    }

    pub(crate) fn allows(&self, application: Application, access: Access) -> bool {
        match access {
            Access::Free => true,
            Access::AnyOf(ids) => ids.iter().any(|id| self.verified.contains(&(application, *id))),
            Access::Never => false,
        }
    }

    /// SELECT AP, power and reset end every verified state; the counters stay.
    pub(crate) fn forget_verified(&mut self) {
        self.verified.clear();
    }
}

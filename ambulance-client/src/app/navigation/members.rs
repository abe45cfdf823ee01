//! Who is at this tablet: members of the lock page and the passcode being keyed.

use super::Navigation;
use wire::Passcode;

/// Crew members remembered on the lock page; the oldest gives way.
pub const MEMBERS_MAX: usize = 3;
/// Letters of a sign-in name at most; further ones are ignored.
pub const LOGIN_MAX: usize = 32;

/// A crew member known to this tablet since it was started.
pub struct Member {
    /// Sign-in name.
    pub login: String,
    /// Name on screen; the sign-in name until the server has told it.
    pub name: String,
    /// The passcode that the server accepted, to unlock without radio. In memory only.
    accepted: Option<Passcode>,
}

impl Navigation {
    /// Digits of the passcode entered so far.
    #[must_use]
    pub const fn entered(&self) -> usize {
        self.entered
    }

    /// What stands with one more digit.
    #[must_use]
    pub fn passcode_with(&self, digit: u8) -> Passcode {
        let mut text = String::with_capacity(crate::screens::lock::PIN_DIGITS);
        if let Some(before) = &self.passcode {
            text.push_str(before.expose());
        }
        text.push(char::from(b'0' + digit.min(9)));
        Passcode::new(text)
    }

    /// One more digit.
    pub fn digit(&mut self, digit: u8) {
        let longer = self.passcode_with(digit);
        self.entered = longer.expose().len();
        self.passcode = Some(longer);
    }

    /// Takes the last digit back.
    pub fn delete_digit(&mut self) {
        let shorter = self.passcode.as_ref().map(|p| {
            let text = p.expose();
            let end = text.len().saturating_sub(1);
            Passcode::new(text.get(..end).unwrap_or_default().to_owned())
        });
        self.entered = shorter.as_ref().map_or(0, |p| p.expose().len());
        self.passcode = shorter;
    }

    /// Takes all digits back.
    pub fn clear_passcode(&mut self) {
        self.passcode = None;
        self.entered = 0;
    }

    /// The sign-in name of the chosen member.
    #[must_use]
    pub fn chosen_login(&self) -> Option<&str> {
        self.members.get(self.member).map(|m| m.login.as_str())
    }

    /// Whether this passcode was accepted for the chosen member before; none when this tablet cannot tell.
    #[must_use]
    pub fn known_passcode(&self, passcode: &Passcode) -> Option<bool> {
        let accepted = self.members.get(self.member)?.accepted.as_ref()?;
        Some(accepted.expose() == passcode.expose())
    }

    /// Adds a member to the lock page and chooses it.
    pub fn add_member(&mut self, login: &str) {
        if let Some(known) = self.members.iter().position(|m| m.login == login) {
            self.member = known;
            return;
        }
        if self.members.len() >= MEMBERS_MAX {
            self.members.remove(0);
        }
        self.members.push(Member { login: login.to_owned(), name: login.to_owned(), accepted: None });
        self.member = self.members.len() - 1;
    }

    /// The passcode that opened this tablet without the server, with its sign-in name, to be confirmed there.
    #[must_use]
    pub fn unconfirmed(&self) -> Option<(String, Passcode)> {
        let member = self.members.get(self.member)?;
        Some((member.login.clone(), member.accepted.clone()?))
    }

    /// Remembers what is being tried, until the server says yes.
    pub fn try_passcode(&mut self, passcode: Passcode) {
        self.signing_in = true;
        if let Some(member) = self.members.get_mut(self.member) {
            member.accepted = Some(passcode);
        }
    }

    /// The server's word on the sign-in under way.
    pub fn signed_in(&mut self, name: Option<&str>) {
        if !self.signing_in {
            return;
        }
        self.signing_in = false;
        if let Some(member) = self.members.get_mut(self.member) {
            match name {
                Some(name) => name.clone_into(&mut member.name),
                None => member.accepted = None,
            }
        }
    }
}

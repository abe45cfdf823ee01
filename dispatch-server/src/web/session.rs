//! Who is signed in on this request: by a cookie that scripts cannot read, or by a bearer token of a program.

use super::fault::Fault;
use super::guard::cookies;
use super::state::App;
use axum::extract::{Form, FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use dispatch_core::{Principal, Role, SignedInWeb, Store, web_principal};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// The cookie's name; the prefix makes browsers insist on Secure, Path=/ and no Domain.
pub(crate) const COOKIE: &str = "__Host-session";

/// The desk's look; nobody's secret, but scripts read no cookie of ours.
pub(crate) const LOOK: &str = "__Host-look";

/// The desk's language.
pub(crate) const LANGUAGE: &str = "__Host-language";

/// Roles that see the dispatch pages.
pub(crate) const CONSOLE: &[Role] = &[Role::Dispatcher, Role::DispatchSupervisor, Role::DepartmentAdmin];
/// Roles that open incidents and send units.
pub(crate) const DISPATCH: &[Role] = &[Role::Dispatcher, Role::DispatchSupervisor];
/// Roles of programs and people that read cases.
pub(crate) const READ: &[Role] = &[Role::Dispatcher, Role::DispatchSupervisor, Role::DepartmentAdmin, Role::Machine];
/// Roles of programs and people that open incidents.
pub(crate) const WRITE: &[Role] = &[Role::Dispatcher, Role::DispatchSupervisor, Role::Machine];
/// Roles that see statistics.
pub(crate) const STATISTICS: &[Role] = &[Role::DispatchSupervisor, Role::DepartmentAdmin];
/// The same, and machines that read them.
pub(crate) const STATISTICS_OUT: &[Role] = &[Role::DispatchSupervisor, Role::DepartmentAdmin, Role::StatisticsReader];
/// Machines that say what hospitals can take.
pub(crate) const FEED: &[Role] = &[Role::CapacityFeed];
/// Who makes and ends tokens, and sets the staff password: the department's own administrator.
pub(crate) const OWN_ADMIN: &[Role] = &[Role::DepartmentAdmin];
/// Roles of a hospital's desk.
pub(crate) const DESK: &[Role] = &[Role::HospitalDesk, Role::HospitalAdmin];
/// Roles that see the installation's lists.
pub(crate) const ADMIN: &[Role] = &[Role::Operations, Role::DepartmentAdmin];

/// Roles that open disaster periods and activate relief units.
pub(crate) const SUPERVISE: &[Role] = &[Role::DispatchSupervisor];

/// Roles that review looks without consent.
pub(crate) const REVIEW: &[Role] = dispatch_core::review::REVIEWERS;

/// A signed-in person or machine.
#[derive(Clone)]
pub(crate) struct SignedIn {
    /// Account, session, principal.
    pub(crate) web: SignedInWeb,
    /// The desk's dark look.
    pub(crate) dark: bool,
    /// The desk's pages that speak both languages are in English.
    pub(crate) english: bool,
    token: Zeroizing<String>,
}

impl SignedIn {
    /// The principal, when one of the roles is held.
    pub(crate) fn require(&self, roles: &[Role]) -> Result<&Principal, Fault> {
        if self.web.principal.has_any(roles) { Ok(&self.web.principal) } else { Err(Fault::not_permitted()) }
    }
    /// That the second factor stands, or none is asked for.
    pub(crate) fn confirmed(&self) -> Result<(), Fault> {
        if self.web.session.confirmed { Ok(()) } else { Err(Fault::second_factor_needed()) }
    }
    /// Whether one of the roles is held.
    pub(crate) fn has(&self, roles: &[Role]) -> bool {
        self.web.principal.has_any(roles)
    }
    /// What a form of this session must bring. It follows from the token, which no page shows.
    pub(crate) fn csrf(&self) -> String {
        hex::encode(Sha256::digest([b"form of session ", self.token.as_bytes()].concat()))
    }
    /// Who it is now; none once the session has ended or the account was disabled. Streams ask again and again.
    pub(crate) async fn still<S: Store>(&self, app: &App<S>) -> Option<Principal> {
        let now = app.now();
        web_principal(app.store.as_ref(), now, token_hash(&self.token)).await.ok().map(|web| web.principal)
    }
}

/// What the store keeps of a token.
pub(crate) fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

fn token_of(parts: &Parts) -> Option<Zeroizing<String>> {
    let authorization = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = match authorization {
        Some(text) => text.strip_prefix("Bearer "),
        None => cookies(&parts.headers).find(|(name, _)| *name == COOKIE).map(|(_, value)| value),
    };
    token.map(|token| Zeroizing::new(token.to_owned()))
}

/// Signed in, whatever the passcode's age: only the pages that change it or leave use this.
pub(crate) struct AnySession(pub(crate) SignedIn);

impl<S: Store + 'static> FromRequestParts<App<S>> for AnySession {
    type Rejection = Fault;
    async fn from_request_parts(parts: &mut Parts, app: &App<S>) -> Result<Self, Fault> {
        // The door has looked already.
        if let Some(signed) = parts.extensions.get::<SignedIn>() {
            return Ok(Self(signed.clone()));
        }
        let token = token_of(parts).ok_or(Fault::no_session())?;
        let web = web_principal(app.store.as_ref(), app.now(), token_hash(&token)).await?;
        let dark = cookies(&parts.headers).any(|(name, value)| name == LOOK && value == "dark");
        let english = cookies(&parts.headers).any(|(name, value)| name == LANGUAGE && value == "en");
        let signed = SignedIn { web, dark, english, token };
        parts.extensions.insert(signed.clone());
        Ok(Self(signed))
    }
}

impl<S: Store + 'static> FromRequestParts<App<S>> for SignedIn {
    type Rejection = Fault;
    async fn from_request_parts(parts: &mut Parts, app: &App<S>) -> Result<Self, Fault> {
        let AnySession(signed) = AnySession::from_request_parts(parts, app).await?;
        signed.confirmed()?;
        // A training installation offers the change and does not insist: its accounts are no secret.
        if signed.web.account.one_time && !app.training {
            return Err(Fault::new(
                StatusCode::FORBIDDEN,
                "passcode_one_time",
                "仮のパスコードのままでは使えません。",
                "「パスコードの変更」の画面で、新しいパスコードを決めてください。",
            ));
        }
        Ok(signed)
    }
}

/// A form's proof that it is our own page's.
pub(crate) trait CsrfField {
    /// Whether somebody may send it whose passcode still has to be changed.
    const BEFORE_CHANGE: bool = false;
    /// The hidden field.
    fn csrf(&self) -> &str;
}

/// A form of a signed-in person, with its proof checked.
pub(crate) struct SignedForm<T>(pub(crate) SignedIn, pub(crate) T);

impl<S: Store + 'static, T: DeserializeOwned + CsrfField> FromRequest<App<S>> for SignedForm<T> {
    type Rejection = Fault;
    async fn from_request(request: Request, app: &App<S>) -> Result<Self, Fault> {
        let (mut parts, body) = request.into_parts();
        let signed = if T::BEFORE_CHANGE {
            AnySession::from_request_parts(&mut parts, app).await?.0
        } else {
            SignedIn::from_request_parts(&mut parts, app).await?
        };
        let form = Form::<T>::from_request(Request::from_parts(parts, body), app).await;
        let Form(form) = form.map_err(|error| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Fault::too_large(),
            _ => Fault::field("form", &error.body_text()),
        })?;
        if bool::from(form.csrf().as_bytes().ct_eq(signed.csrf().as_bytes())) {
            Ok(Self(signed, form))
        } else {
            Err(Fault::new(
                StatusCode::FORBIDDEN,
                "form_expired",
                "画面が古くなっています。",
                "画面を更新して、もう一度操作してください。",
            ))
        }
    }
}

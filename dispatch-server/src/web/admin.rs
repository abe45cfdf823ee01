//! `/admin`: what is installed, for the operator and the department's administrator. No case, no patient.

use super::fault::Fault;
use super::layout::{self, Shell};
use super::parts::{Moment, day_hms, empty};
use super::session::{ADMIN, SignedIn};
use super::staff_password::{self, Issued};
use super::state::App;
use super::terminals::{self, Recovery};
use super::tokens::{self, Shown};
use axum::extract::State;
use dispatch_core::{Scope, Store, UseCaseError};
use maud::{Markup, html};

/// `GET /admin`.
pub(crate) async fn page<S: Store + 'static>(State(app): State<App<S>>, signed: SignedIn) -> Result<Markup, Fault> {
    drawn(&app, &signed, Once::default()).await
}

/// What was just issued: shown this once.
#[derive(Clone, Copy, Default)]
pub(crate) struct Once<'a> {
    /// A staff password.
    pub(crate) issued: Option<&'a Issued>,
    /// A machine's token.
    pub(crate) token: Option<&'a Shown>,
    /// A one-time code.
    pub(crate) recovery: Option<&'a Recovery>,
}

/// The page, with what was just issued.
pub(crate) async fn drawn<S: Store>(app: &App<S>, signed: &SignedIn, once: Once<'_>) -> Result<Markup, Fault> {
    let scope = signed.require(ADMIN)?.scope;
    let store = app.store.as_ref();
    let departments = store.departments().await.map_err(UseCaseError::from)?;
    let own = |id| matches!(scope, Scope::Installation) || scope == Scope::Department(id);
    let departments: Vec<_> = departments.into_iter().filter(|d| own(d.id)).collect();
    let units = store.units(scope).await.map_err(UseCaseError::from)?;
    let devices = store.devices(scope).await.map_err(UseCaseError::from)?;
    let callsign = |id| units.iter().find(|u| u.id == id).map_or("–", |u| u.callsign.as_str());
    let people = staff_password::panel(app, signed, once.issued).await?;
    let machines = tokens::panel(app, signed, once.token).await?;
    let registered = terminals::panel(app, signed, once.recovery).await?;
    let moment = Moment::page(app.now());
    let shell = Shell::inside("管理", app, signed);
    Ok(layout::page(
        &shell,
        &html! {
            main.two {
                (people)
                (machines)
                (registered)
                section.p {
                    header.ph { h2 { "消防本部" } span.q.n { (departments.len()) } }
                    @if departments.is_empty() { div.pb { (empty("登録された消防本部はありません", moment)) } }
                    table { tbody { @for d in &departments {
                    tr { td { (d.name) } td { (d.pref) } td.n { (units.iter().filter(|u| u.department == d.id).count()) "隊" } }
                } } }
                }
                section.p {
                    @if !app.card_roots.is_empty() { div.pb { p { (app.card_roots) } } }
                    @if !app.travel.is_empty() { div.pb { p { (app.travel) } } }
                    div.pb { p { (app.tiles.said()) } }
                    header.ph { h2 { "タブレット" } span.q.n { (devices.len()) } }
                    @if devices.is_empty() { div.pb { (empty("登録されたタブレットはありません", moment)) } }
                    table {
                        thead { tr { th { "名前" } th { "隊" } th { "登録" } th { "状態" } } }
                        tbody { @for device in &devices { tr {
                            td { (device.name) }
                            td { (callsign(device.unit)) }
                            td.n.sm { (day_hms(device.enrolled_at)) }
                            td { @if let Some(at) = device.revoked_at { b { "失効" } " " span.n.sm { (day_hms(at)) } } @else { "有効" } }
                        } } }
                    }
                }
            }
        },
    ))
}

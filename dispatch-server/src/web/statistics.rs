//! `/stats`: what the department's own events say of reading, time on scene and the choice of hospitals; as page, JSON and CSV.
//! Hospitals stand by name: nothing ranks them by refusals. Every figure comes from the fold that `dispatch-server stats` uses.

mod draw;

use super::console::department_name;
use super::fault::Fault;
use super::json::Answer;
use super::layout::{self, Shell};
use super::limits::STATISTICS_DAYS;
use super::parts::Moment;
use super::session::{STATISTICS, STATISTICS_OUT, SignedIn};
use super::state::App;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use dispatch_core::stats::{Days, ROW_HEADINGS, ReportScope, StatsReport, gather};
use dispatch_core::{Principal, Scope, Store};
use maud::Markup;
use model::CivilDate;
use serde::Deserialize;

/// Bytes by which spreadsheets know UTF-8.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// The first and the last day of calls, `YYYY-MM-DD`; empty is none.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
}

fn day(name: &str, text: &str) -> Result<Option<CivilDate>, Fault> {
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = |_| Fault::field(name, "YYYY-MM-DD の日付で入れてください");
    CivilDate::try_from(text.to_owned()).map(Some).map_err(wrong)
}

impl Asked {
    /// The days; without any, the last [`STATISTICS_DAYS`].
    fn days<S>(&self, app: &App<S>) -> Result<Days, Fault> {
        let (from, to) = (day("from", &self.from)?, day("to", &self.to)?);
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            return Err(Fault::field("to", "終わりの日が始めの日より前です"));
        }
        let since = || Some(app.now().tokyo_date()?.plus_days(1 - STATISTICS_DAYS));
        Ok(Days { from: if from.is_none() && to.is_none() { since() } else { from }, to })
    }
}

async fn report<S: Store>(app: &App<S>, principal: &Principal, days: Days) -> Result<StatsReport, Fault> {
    let Scope::Department(_) = principal.scope else { return Err(Fault::not_permitted()) };
    let _turn = app.statistics.acquire().await.map_err(|_| Fault::internal("waiting for statistics"))?;
    let stats = gather(app.store.as_ref(), principal.scope, days).await?;
    let text = |day: Option<CivilDate>| day.map(|day| day.to_string());
    let scope = ReportScope {
        department: Some(department_name(app, principal).await?),
        from: text(days.from),
        to: text(days.to),
        training: app.training,
    };
    let mut report = stats.report(scope);
    report.name_hospitals(|id| id.parse().ok().map(|id| app.hospital_name(id)));
    report.hospitals.sort_by(|a, b| (&a.name, &a.hospital).cmp(&(&b.name, &b.hospital)));
    report.units.sort_by(|a, b| (&a.callsign, &a.unit).cmp(&(&b.callsign, &b.unit)));
    Ok(report)
}

/// `GET /stats`.
pub(crate) async fn page<S: Store + 'static>(
    State(app): State<App<S>>,
    signed: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Markup, Fault> {
    let principal = signed.require(STATISTICS)?;
    let report = report(&app, principal, asked.days(&app)?).await?;
    let shell = Shell::inside("統計", &app, &signed).at(department_name(&app, principal).await?);
    Ok(layout::page(&shell, &draw::content(&report, Moment::page(app.now()))))
}

/// `GET /api/v1/stats`.
pub(crate) async fn json<S: Store + 'static>(
    State(app): State<App<S>>,
    signed: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Answer<StatsReport>, Fault> {
    let principal = signed.require(STATISTICS_OUT)?;
    Ok(Answer(StatusCode::OK, report(&app, principal, asked.days(&app)?).await?))
}

/// `GET /api/v1/stats.csv`.
pub(crate) async fn csv<S: Store + 'static>(
    State(app): State<App<S>>,
    signed: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<impl IntoResponse, Fault> {
    let principal = signed.require(STATISTICS_OUT)?;
    let report = report(&app, principal, asked.days(&app)?).await?;
    let bytes = stats_csv(&report).map_err(|_| Fault::internal("writing CSV"))?;
    let name = "attachment; filename=\"stats.csv\"";
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8"), (header::CONTENT_DISPOSITION, name)], bytes))
}

/// Every figure on a line of its own, for a spreadsheet.
///
/// # Errors
/// When the lines cannot be written.
pub(crate) fn stats_csv(report: &StatsReport) -> Result<Vec<u8>, ::csv::Error> {
    csv_of(&ROW_HEADINGS, report.rows())
}

/// Lines for a spreadsheet, which knows by the mark that they are UTF-8.
pub(crate) fn csv_of<const N: usize>(
    headings: &[&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> Result<Vec<u8>, ::csv::Error> {
    let mut writer = ::csv::Writer::from_writer(MARK.to_vec());
    writer.write_record(headings)?;
    for row in rows {
        writer.write_record(row.iter().map(|field| harmless(field)))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// A name that a spreadsheet would take for a formula is text; a number with its sign stays one.
fn harmless(field: &str) -> String {
    let formula = field.starts_with(['=', '+', '-', '@', '\t', '\r']) && field.parse::<i64>().is_err();
    if formula { format!("'{field}") } else { field.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn a_callsign_is_no_formula() {
        assert_eq!(
            (harmless("=1+1"), harmless("-12"), harmless("救急1")),
            ("'=1+1".into(), "-12".into(), "救急1".into())
        );
    }
}

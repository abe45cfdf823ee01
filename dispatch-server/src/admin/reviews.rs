//! `reviews list`: looks without consent and what was said of them.

use super::cli::{DataArgs, JsonArgs};
use super::departments::department_by;
use super::{exit, output};
use crate::data_dir::DataDir;
use anyhow::Result;
use dispatch_core::store::{Judgement, LookEnd, ReviewItem, ReviewsOf};
use dispatch_core::{Principal, Scope};
use model::{CaseId, CrewId, DepartmentId, DeviceId, LookupId};
use serde::Serialize;
use std::fmt::Write as _;

#[derive(Clone, Debug, clap::Subcommand)]
pub(crate) enum ReviewsCommand {
    /// List looks without consent (同意取得困難): those that wait for a review, the oldest first, then the reviewed ones.
    List {
        /// Only of this department, by name or id.
        #[arg(long, value_name = "DEPARTMENT")]
        department: Option<String>,
        /// Only those that wait.
        #[arg(long)]
        open: bool,
        #[command(flatten)]
        data: DataArgs,
        #[command(flatten)]
        json: JsonArgs,
    },
}

#[derive(Serialize)]
struct ReviewOut {
    lookup: LookupId,
    case: CaseId,
    department: DepartmentId,
    person: Option<CrewId>,
    device: Option<DeviceId>,
    reason: String,
    begun_at: String,
    /// Which sections were shown, or why none; null when the end is not on record.
    end: Option<LookEnd>,
    review: Option<VerdictOut>,
}

#[derive(Serialize)]
struct VerdictOut {
    judgement: Judgement,
    note: Option<String>,
    by: CrewId,
    at: String,
}

fn out(item: ReviewItem) -> ReviewOut {
    let ReviewItem { look, verdict } = item;
    ReviewOut {
        lookup: look.lookup,
        case: look.case,
        department: look.department,
        person: look.person,
        device: look.device,
        reason: look.reason.as_str().to_owned(),
        begun_at: look.begun_at.tokyo_rfc3339(),
        end: look.end,
        review: verdict.map(|verdict| VerdictOut {
            judgement: verdict.judgement,
            note: verdict.note,
            by: verdict.by,
            at: verdict.at.tokyo_rfc3339(),
        }),
    }
}

pub(super) async fn run(command: ReviewsCommand) -> Result<u8> {
    let ReviewsCommand::List { department, open, data, json } = command;
    let store = DataDir::new(data.data).open_store().await?;
    let mut reader = Principal::system();
    if let Some(name) = department {
        reader.scope = Scope::Department(department_by(&store, &name).await?.id);
    }
    let mut items = dispatch_core::reviews(&store, &reader, ReviewsOf::Open).await?;
    if !open {
        items.extend(dispatch_core::reviews(&store, &reader, ReviewsOf::Reviewed).await?);
    }
    store.close().await;
    let list: Vec<ReviewOut> = items.into_iter().map(out).collect();
    let mut lines = String::new();
    for look in &list {
        let said = look.review.as_ref().map_or("未確認", |review| review.judgement.ja());
        writeln!(lines, "{}\t{}\t事案{}\t{}\t{said}", look.begun_at, look.lookup, look.case, look.reason)?;
    }
    output::result(json.json.as_deref(), &list, &lines)?;
    Ok(exit::DONE)
}

//! `openapi`: the document of everything that is answered over HTTPS.

use super::cli::JsonArgs;
use super::{exit, output};
use crate::web::openapi_document;
use anyhow::{Context as _, Result};

pub(super) fn run(args: &JsonArgs) -> Result<u8> {
    let mut text = serde_json::to_string_pretty(&openapi_document()).context("write the document")?;
    text.push('\n');
    match &args.json {
        Some(target) => output::write_bytes(target, text.as_bytes())?,
        None => output::print(&text)?,
    }
    Ok(exit::DONE)
}

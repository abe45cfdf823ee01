//! `GET /map/{z}/{x}/{y}`: one tile of the file that lies under the outlines.

use crate::map_tiles::MapTiles;
use crate::web::fault::Fault;
use crate::web::session::{CONSOLE, SignedIn};
use crate::web::state::App;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use dispatch_core::Store;
use pmtiles::TileCoord;

/// `GET /map/{z}/{x}/{y}`. A tile that the file does not have is no fault: nothing lies there.
pub(crate) async fn tile<S: Store + 'static>(
    State(app): State<App<S>>,
    Path((z, x, y)): Path<(u8, u32, u32)>,
    signed: SignedIn,
) -> Result<Response, Fault> {
    signed.require(CONSOLE)?;
    let sheet = app.tiles.sheet().ok_or_else(Fault::not_found)?;
    let coord = TileCoord::new(z, x, y).map_err(|_| Fault::not_found())?;
    match sheet.tile(coord).await {
        Ok(Some(picture)) => Ok(([(header::CONTENT_TYPE, sheet.media())], picture).into_response()),
        Ok(None) => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(error) => {
            tracing::error!(z, x, y, %error, "a map tile");
            Err(Fault::internal("a map tile cannot be read"))
        }
    }
}

/// What the page's script has to know: least and deepest zoom, west, south, east, north.
pub(super) fn shape(tiles: &MapTiles) -> Option<String> {
    let sheet = tiles.sheet()?;
    let ((least, deepest), [west, south, east, north]) = (sheet.zooms(), sheet.bounds());
    Some(format!("{least},{deepest},{west},{south},{east},{north}"))
}

/// Whom the legend credits for the tiles.
pub(super) fn credit(tiles: &MapTiles) -> Option<String> {
    let credit = tiles.sheet()?.credit();
    Some(format!("地図タイル: {}", if credit.is_empty() { "出典の記載なし" } else { credit }))
}

//! The optional ground of the console's map: one PMTiles file (version 3) whose tiles are pictures.
//!
//! In: `map.pmtiles` of the data directory. Out: single tiles, and what is said of the file where the server starts and on the
//! administrators' page. Never in here: HTTP, drawing. The file is read piece by piece and never held as a whole, so its size
//! does not matter; it is the operator's own, looked at when the server starts.

use crate::data_dir::DataDir;
use bytes::Bytes;
use pmtiles::{
    AsyncBackend, AsyncPmTilesReader, BackendResponse, Compression, PmtError, PmtResult, TileCoord, TileType,
};
use serde::Deserialize;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::Arc;

/// Bytes of one tile, directory or of the file's description; a longer one is an error of that tile (or of the file) and is not
/// read. A picture of 512 pixels has some 300 KB at most.
pub const PIECE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Letters of the file's credit; the rest is left out, so that it stays one line of the map's legend.
pub const CREDIT_CHARS_MAX: usize = 160;
/// Deepest zoom that a page asks for; the map itself ends at 16.
const ZOOM_MAX: u8 = 18;

const NONE: &str =
    "地図タイル: なし。輪郭だけを描きます（データの置き場所に map.pmtiles を置くと、次の起動から輪郭の下に描きます）";

/// A file that cannot lie under the map.
#[derive(Debug, thiserror::Error)]
pub enum MapTilesError {
    /// Not readable.
    #[error("it cannot be read")]
    File(#[from] io::Error),
    /// Not PMTiles 3, or damaged.
    #[error("it is no PMTiles file of version 3, or it is damaged")]
    Content(#[from] PmtError),
    /// Shapes instead of pictures.
    #[error("its tiles are not pictures (PNG, JPEG, WebP or AVIF)")]
    NoPictures,
    /// Compressed in a way that is not read here.
    #[error("its tiles are compressed; pictures are stored as they are, or with gzip")]
    Compressed,
    /// The least zoom is deeper than the deepest.
    #[error("its zooms are {0}–{1}")]
    Zooms(u8, u8),
}

/// What the server has to lay under the map, and what it says of it.
pub struct MapTiles {
    sheet: Option<Sheet>,
    said: String,
}

impl Default for MapTiles {
    fn default() -> Self {
        Self { sheet: None, said: NONE.to_owned() }
    }
}

impl MapTiles {
    /// The directory's file. One that cannot be used is told everywhere this is shown, and the outlines stand alone.
    pub async fn load(data: &DataDir) -> Self {
        let path = data.map_tiles_file();
        if !path.exists() {
            return Self::default();
        }
        match Sheet::open(&path).await {
            Ok(sheet) => {
                let said = sheet.said();
                tracing::info!(media = sheet.media, zooms = ?sheet.zooms, "map tiles lie under the outlines");
                Self { sheet: Some(sheet), said }
            }
            Err(error) => {
                tracing::error!(path = %path.display(), %error, "the map tiles are not used: outlines alone are drawn");
                Self { sheet: None, said: refusal(&error).to_owned() }
            }
        }
    }
    /// One sentence for people.
    #[must_use]
    pub fn said(&self) -> &str {
        &self.said
    }
    /// The file, where there is one that can be used.
    #[must_use]
    pub fn sheet(&self) -> Option<&Sheet> {
        self.sheet.as_ref()
    }
}

const fn refusal(error: &MapTilesError) -> &'static str {
    match error {
        MapTilesError::NoPictures => {
            "地図タイル: map.pmtiles は画像ではない（ベクトル）タイルのため使わず、輪郭だけを描きます（PNG・JPEG・WebP・AVIF の画像タイルに変換してください）"
        }
        MapTilesError::File(_) | MapTilesError::Content(_) | MapTilesError::Compressed | MapTilesError::Zooms(..) => {
            "地図タイル: map.pmtiles が読めないため輪郭だけを描きます（PMTiles 3 の画像タイルか確かめてください。理由は記録にあります）"
        }
    }
}

/// An open file of pictures.
pub struct Sheet {
    reader: AsyncPmTilesReader<Pieces>,
    media: &'static str,
    zooms: (u8, u8),
    /// West, south, east, north; degrees.
    bounds: [f64; 4],
    credit: String,
}

impl Sheet {
    /// Opens a file and reads what it says of itself.
    ///
    /// # Errors
    /// [`MapTilesError`].
    pub async fn open(path: &Path) -> Result<Self, MapTilesError> {
        #[expect(clippy::disallowed_methods, reason = "the program's edge: files are read here")]
        let file = File::open(path)?;
        let reader = AsyncPmTilesReader::try_from_source(Pieces(Arc::new(file))).await?;
        let header = reader.get_header();
        let media = media(header.tile_type).ok_or(MapTilesError::NoPictures)?;
        if !matches!(header.tile_compression, Compression::None | Compression::Unknown | Compression::Gzip) {
            return Err(MapTilesError::Compressed);
        }
        let zooms = (header.min_zoom, header.max_zoom.min(ZOOM_MAX));
        if zooms.0 > zooms.1 {
            return Err(MapTilesError::Zooms(header.min_zoom, header.max_zoom));
        }
        let bounds = [header.min_longitude, header.min_latitude, header.max_longitude, header.max_latitude];
        // The description is free to be missing; a damaged one says nothing of the pictures.
        let described = reader.get_metadata().await.ok().and_then(|text| serde_json::from_str(&text).ok());
        let credit = described.map_or_else(String::new, |about: About| plain(&about.attribution));
        Ok(Self { reader, media, zooms, bounds, credit })
    }
    /// A tile; `None` where the file has none.
    ///
    /// # Errors
    /// When the file is damaged there.
    pub async fn tile(&self, coord: TileCoord) -> PmtResult<Option<Bytes>> {
        if self.reader.get_header().tile_compression == Compression::Gzip {
            self.reader.get_tile_decompressed(coord).await
        } else {
            self.reader.get_tile(coord).await
        }
    }
    /// The media type of its pictures.
    #[must_use]
    pub const fn media(&self) -> &'static str {
        self.media
    }
    /// Least and deepest zoom.
    #[must_use]
    pub const fn zooms(&self) -> (u8, u8) {
        self.zooms
    }
    /// West, south, east, north; degrees.
    #[must_use]
    pub const fn bounds(&self) -> [f64; 4] {
        self.bounds
    }
    /// Whom the file names as its source; text without marks, empty where it names nobody.
    #[must_use]
    pub fn credit(&self) -> &str {
        &self.credit
    }
    fn said(&self) -> String {
        let credit = if self.credit.is_empty() { "出典の記載なし" } else { &self.credit };
        let (least, deepest) = self.zooms;
        format!("地図タイル: map.pmtiles（{}、ズーム {least}–{deepest}、{credit}）を輪郭の下に描きます", self.media)
    }
}

/// Pictures that every browser draws.
fn media(kind: TileType) -> Option<&'static str> {
    match kind {
        TileType::Png | TileType::Jpeg | TileType::Webp | TileType::Avif => Some(kind.content_type()),
        TileType::Mvt | TileType::Mlt | TileType::Unknown => None,
    }
}

/// What a file says of itself; the rest is of no use here.
#[derive(Deserialize)]
struct About {
    #[serde(default)]
    attribution: String,
}

/// A credit without its links and marks: it is shown as text.
fn plain(html: &str) -> String {
    let mut words = String::new();
    let mut inside = false;
    for letter in html.chars() {
        match letter {
            '<' => inside = true,
            '>' if inside => inside = false,
            _ if inside => {}
            letter if letter.is_control() => words.push(' '),
            letter => words.push(letter),
        }
    }
    let signs = [("&copy;", "©"), ("&#169;", "©"), ("&quot;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
    let words = signs.iter().fold(words, |words, (entity, sign)| words.replace(entity, sign));
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().take(CREDIT_CHARS_MAX).collect()
}

/// The file, read where it is asked for. Not mapped into memory: a file that is cut while the server runs would end the process.
struct Pieces(Arc<File>);

impl AsyncBackend for Pieces {
    async fn read(&self, offset: u64, length: usize) -> PmtResult<BackendResponse> {
        if length > PIECE_BYTES_MAX {
            return Err(io::Error::other("a piece of the map tiles is too long").into());
        }
        let file = Arc::clone(&self.0);
        let read = tokio::task::spawn_blocking(move || read_up_to(&file, offset, length)).await;
        Ok(BackendResponse::new(read.map_err(io::Error::other)??.into()))
    }
}

/// Fewer bytes than asked for where the file ends.
fn read_up_to(file: &File, offset: u64, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    let mut at = 0;
    while let Some(rest) = bytes.get_mut(at..).filter(|rest| !rest.is_empty()) {
        let done = u64::try_from(at).unwrap_or(u64::MAX);
        match file.read_at(rest, offset.saturating_add(done)) {
            Ok(0) => break,
            Ok(read) => at += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(at);
    Ok(bytes)
}

#[cfg(test)]
pub(crate) mod tests {
    #![expect(clippy::disallowed_methods, reason = "tests write the files that they read")]

    use super::*;
    use pmtiles::PmTilesWriter;

    /// A tile that is there in every file of [`write`].
    pub(crate) const THERE: (u8, u32, u32) = (4, 14, 6);
    /// What stands for a picture.
    pub(crate) const PICTURE: &[u8] = b"bytes of a picture";
    const CREDIT: &str =
        r#"{"attribution":"<a href=\"https://example.jp\">&copy; 訓練地図</a>  &amp; others","name":"x"}"#;

    /// Writes a file with one tile.
    pub(crate) fn write(path: &Path, kind: TileType) {
        let file = io::BufWriter::new(File::create(path).expect("a file"));
        let writer =
            PmTilesWriter::new(kind).tile_compression(Compression::None).min_zoom(4).max_zoom(9).metadata(CREDIT);
        let mut writer = writer.create(file).expect("a writer");
        let (z, x, y) = THERE;
        writer.add_tile(TileCoord::new(z, x, y).expect("a tile"), PICTURE).expect("added");
        writer.finalize().expect("written");
    }

    async fn loaded(prepare: impl FnOnce(&Path)) -> MapTiles {
        let folder = tempfile::tempdir().expect("a folder");
        let data = DataDir::new(folder.path());
        prepare(&data.map_tiles_file());
        MapTiles::load(&data).await
    }

    #[tokio::test]
    async fn pictures_are_read_one_by_one_and_their_credit_is_text() {
        let tiles = loaded(|path| write(path, TileType::Png)).await;
        let sheet = tiles.sheet().expect("a sheet");
        let (z, x, y) = THERE;
        let at = |x| TileCoord::new(z, x, y).expect("a tile");
        assert_eq!(sheet.tile(at(x)).await.expect("read").as_deref(), Some(PICTURE));
        assert_eq!(sheet.tile(at(x + 1)).await.expect("read"), None);
        assert_eq!((sheet.media(), sheet.zooms(), sheet.credit()), ("image/png", (4, 9), "© 訓練地図 & others"));
        assert!(tiles.said().contains("ズーム 4–9、© 訓練地図"), "{}", tiles.said());
    }

    #[tokio::test]
    async fn a_file_that_cannot_be_used_is_told_and_none_is_drawn() {
        let vector = loaded(|path| write(path, TileType::Mvt)).await;
        assert!(vector.sheet().is_none() && vector.said().contains("ベクトル"), "{}", vector.said());
        for broken in [&b""[..], b"PMTiles", b"no tiles at all", &[0xff; 40_000]] {
            let tiles = loaded(|path| std::fs::write(path, broken).expect("written")).await;
            assert!(tiles.sheet().is_none() && tiles.said().contains("読めないため"), "{}", tiles.said());
        }
        let cut = loaded(|path| {
            write(path, TileType::Png);
            let whole = std::fs::read(path).expect("read");
            std::fs::write(path, whole.get(..130).expect("a head")).expect("written");
        });
        assert!(cut.await.said().contains("読めないため"));
        assert!(loaded(|_| {}).await.said().contains("なし"));
    }

    #[tokio::test]
    async fn a_file_that_is_cut_while_it_is_open_loses_its_tiles_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("map.pmtiles");
        write(&path, TileType::Png);
        let sheet = Sheet::open(&path).await.expect("a sheet");
        File::options().write(true).open(&path).and_then(|file| file.set_len(130)).expect("cut");
        let (z, x, y) = THERE;
        assert!(sheet.tile(TileCoord::new(z, x, y).expect("a tile")).await.is_err());
    }

    #[tokio::test]
    async fn no_piece_is_longer_than_the_limit() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("map.pmtiles");
        std::fs::write(&path, [7; 10]).expect("written");
        let pieces = Pieces(Arc::new(File::open(&path).expect("a file")));
        assert!(pieces.read(0, PIECE_BYTES_MAX + 1).await.is_err());
        assert_eq!(pieces.read(4, PIECE_BYTES_MAX).await.expect("read").bytes.len(), 6);
    }

    #[test]
    fn a_credit_is_one_bounded_line() {
        assert_eq!(plain("a<b\n>c\u{7}d  &lt;e&gt;"), "ac d <e>");
        assert_eq!(plain(&"あ".repeat(1_000)).chars().count(), CREDIT_CHARS_MAX);
    }
}

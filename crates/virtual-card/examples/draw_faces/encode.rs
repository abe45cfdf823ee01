//! Channels of eight bits to a JP2 file.

use std::path::Path;

use openjp2::openjpeg::{OPJ_CLRSPC_GRAY, OPJ_CLRSPC_SRGB, OPJ_CODEC_JP2, opj_cparameters_t};
use openjp2::{Codec, Stream, opj_image, opj_image_comptparm};

/// One byte for this many pixels' bytes.
const RATE: f32 = 16.0;

/// What is encoded: one channel of grey or three of red, green and blue, row by row.
pub(crate) struct Picture {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) channels: Vec<Vec<u8>>,
}

/// None when the encoder refuses or the file cannot be written. `tile` is the side of the tiles; none: one tile.
pub(crate) fn jpeg_2000(picture: &Picture, tile: Option<i32>, to: &Path) -> Option<()> {
    let (w, h) = (u32::try_from(picture.width).ok()?, u32::try_from(picture.height).ok()?);
    let channel = opj_image_comptparm { dx: 1, dy: 1, w, h, x0: 0, y0: 0, prec: 8, bpp: 8, sgnd: 0 };
    let is_grey = picture.channels.len() == 1;
    let space = if is_grey { OPJ_CLRSPC_GRAY } else { OPJ_CLRSPC_SRGB };
    let mut image = opj_image::create(&vec![channel; picture.channels.len()], space)?;
    (image.x1, image.y1) = (w, h);
    for (data, pixels) in image.comps_data_mut_iter()?.zip(&picture.channels) {
        data.iter_mut().zip(pixels).for_each(|(to, from)| *to = i32::from(*from));
    }
    let mut parameters = opj_cparameters_t {
        irreversible: 1,
        tcp_numlayers: 1,
        cp_disto_alloc: 1,
        tcp_mct: (!is_grey).into(),
        tile_size_on: tile.is_some().into(),
        cp_tdx: tile.unwrap_or_default(),
        cp_tdy: tile.unwrap_or_default(),
        ..Default::default()
    };
    // A picture of a few pixels has no room for the usual levels.
    parameters.numresolution = parameters.numresolution.min(i32::try_from(w.min(h).ilog2()).ok()?);
    *parameters.tcp_rates.first_mut()? = if w * h < 10_000 { 1.0 } else { RATE };
    let mut stream = Stream::new_file(to, 0x1_0000, false).ok()?;
    let mut codec = Codec::new_encoder(OPJ_CODEC_JP2)?;
    let done = codec.setup_encoder(&mut parameters, &mut image) == 1
        && codec.start_compress(&mut image, &mut stream) == 1
        && codec.encode(&mut stream) == 1
        && codec.end_compress(&mut stream) == 1;
    done.then_some(())
}

//! Grey pixels to a JP2 file.

use std::path::Path;

use openjp2::openjpeg::{OPJ_CLRSPC_GRAY, OPJ_CODEC_JP2, opj_cparameters_t};
use openjp2::{Codec, Stream, opj_image, opj_image_comptparm};

use crate::drawing::{HEIGHT, WIDTH};

/// One byte for this many pixels' bytes.
const RATE: f32 = 16.0;

/// None when the encoder refuses or the file cannot be written.
pub(crate) fn jpeg_2000(pixels: &[u8], to: &Path) -> Option<()> {
    let (w, h) = (u32::try_from(WIDTH).ok()?, u32::try_from(HEIGHT).ok()?);
    let channel = opj_image_comptparm { dx: 1, dy: 1, w, h, x0: 0, y0: 0, prec: 8, bpp: 8, sgnd: 0 };
    let mut image = opj_image::create(&[channel], OPJ_CLRSPC_GRAY)?;
    (image.x1, image.y1) = (w, h);
    for data in image.comps_data_mut_iter()? {
        data.iter_mut().zip(pixels).for_each(|(to, from)| *to = i32::from(*from));
    }
    let mut parameters =
        opj_cparameters_t { irreversible: 1, tcp_numlayers: 1, cp_disto_alloc: 1, ..Default::default() };
    *parameters.tcp_rates.first_mut()? = RATE;
    let mut stream = Stream::new_file(to, 0x1_0000, false).ok()?;
    let mut codec = Codec::new_encoder(OPJ_CODEC_JP2)?;
    let done = codec.setup_encoder(&mut parameters, &mut image) == 1
        && codec.start_compress(&mut image, &mut stream) == 1
        && codec.encode(&mut stream) == 1
        && codec.end_compress(&mut stream) == 1;
    done.then_some(())
}

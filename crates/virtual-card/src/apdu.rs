//! Taking a command APDU apart (ISO/IEC 7816-3 §12.1, short and extended forms).

/// A command as the card sees it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Command<'a> {
    pub(crate) cla: u8,
    pub(crate) ins: u8,
    pub(crate) p1: u8,
    pub(crate) p2: u8,
    pub(crate) data: &'a [u8],
    /// Expected length; 256 or 65536 stand for "all". None when the command carried none.
    pub(crate) le: Option<usize>,
}

/// Largest answers that the short and the extended form can ask for.
const SHORT_MAX: usize = 256;
const EXTENDED_MAX: usize = 65_536;

/// None when the lengths do not add up: the card answers `6700`.
pub(crate) fn parse(raw: &[u8]) -> Option<Command<'_>> {
    let (&[cla, ins, p1, p2], body) = raw.split_first_chunk::<4>()?;
    let (data, le) = parse_body(body)?;
    Some(Command { cla, ins, p1, p2, data, le })
}

fn parse_body(body: &[u8]) -> Option<(&[u8], Option<usize>)> {
    match body {
        [] => Some((&[], None)),
        [le] => Some((&[], Some(short_le(*le)))),
        [0, hi, lo] => Some((&[], Some(extended_le(*hi, *lo)))),
        [0, hi, lo, rest @ ..] => parse_extended_data(usize::from(u16::from_be_bytes([*hi, *lo])), rest),
        [lc, rest @ ..] => parse_short_data(usize::from(*lc), rest),
    }
}

fn parse_short_data(lc: usize, rest: &[u8]) -> Option<(&[u8], Option<usize>)> {
    if lc == 0 {
        return None;
    }
    let (data, tail) = rest.split_at_checked(lc)?;
    match tail {
        [] => Some((data, None)),
        [le] => Some((data, Some(short_le(*le)))),
        _ => None,
    }
}

fn parse_extended_data(lc: usize, rest: &[u8]) -> Option<(&[u8], Option<usize>)> {
    if lc == 0 {
        return None;
    }
    let (data, tail) = rest.split_at_checked(lc)?;
    match tail {
        [] => Some((data, None)),
        [hi, lo] => Some((data, Some(extended_le(*hi, *lo)))),
        _ => None,
    }
}

fn short_le(le: u8) -> usize {
    if le == 0 { SHORT_MAX } else { usize::from(le) }
}

fn extended_le(hi: u8, lo: u8) -> usize {
    let le = usize::from(u16::from_be_bytes([hi, lo]));
    if le == 0 { EXTENDED_MAX } else { le }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms_are_told_apart() {
        let le = |raw: &[u8]| parse(raw).map(|c| (c.data.to_vec(), c.le));
        assert_eq!(le(&[0, 0x20, 0, 0x80]), Some((vec![], None)));
        assert_eq!(le(&[0, 0xB0, 0, 0, 0]), Some((vec![], Some(256))));
        assert_eq!(le(&[0, 0xB0, 0, 0, 0, 0, 0]), Some((vec![], Some(65_536))));
        assert_eq!(le(&[0, 0xA4, 2, 0x0C, 2, 0, 6]), Some((vec![0, 6], None)));
        assert_eq!(le(&[0, 0xA4, 2, 0x0C, 2, 0, 6, 0]), Some((vec![0, 6], Some(256))));
        assert_eq!(le(&[0, 0xA4, 2, 0x0C, 0, 0, 2, 0, 6]), Some((vec![0, 6], None)));
        assert_eq!(le(&[0, 0xA4, 2, 0x0C, 0, 0, 2, 0, 6, 1, 2]), Some((vec![0, 6], Some(258))));
        assert_eq!(le(&[0, 0xA4, 2, 0x0C, 3, 0, 6]), None);
        assert_eq!(le(&[0, 0xA4, 2, 0x0C, 0, 0, 9, 0, 6]), None);
        assert_eq!(le(&[0, 0xA4, 2]), None);
    }
}

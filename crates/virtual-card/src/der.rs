//! The little DER that a certificate needs.

/// One element: tag, length in the shortest form, content.
pub(crate) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    out.extend(length(content.len()));
    out.extend_from_slice(content);
    out
}

/// Length octets in the shortest form.
pub(crate) fn length(len: usize) -> Vec<u8> {
    if let Ok(short) = u8::try_from(len)
        && short < 0x80
    {
        return vec![short];
    }
    let bytes = len.to_be_bytes();
    let significant: Vec<u8> = bytes.iter().copied().skip_while(|b| *b == 0).collect();
    let count = u8::try_from(significant.len()).unwrap_or(u8::MAX);
    let mut out = vec![0x80 | count];
    out.extend(significant);
    out
}

/// SEQUENCE of already encoded parts.
pub(crate) fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    element(0x30, &parts.concat())
}

/// SET with one member.
pub(crate) fn set_of(member: &[u8]) -> Vec<u8> {
    element(0x31, member)
}

/// A non-negative INTEGER from big-endian bytes.
pub(crate) fn integer(big_endian: &[u8]) -> Vec<u8> {
    let mut content: Vec<u8> = big_endian.iter().copied().skip_while(|b| *b == 0).collect();
    if content.first().is_none_or(|b| b & 0x80 != 0) {
        content.insert(0, 0);
    }
    element(0x02, &content)
}

/// BIT STRING without unused bits.
pub(crate) fn bit_string(content: &[u8]) -> Vec<u8> {
    let mut body = vec![0];
    body.extend_from_slice(content);
    element(0x03, &body)
}

/// UTF8String.
pub(crate) fn utf8(text: &str) -> Vec<u8> {
    element(0x0C, text.as_bytes())
}

/// PrintableString; the caller gives only letters, digits, space and `'()+,-./:=?`.
pub(crate) fn printable(text: &str) -> Vec<u8> {
    element(0x13, text.as_bytes())
}

/// OBJECT IDENTIFIER from its encoded content.
pub(crate) fn oid(content: &[u8]) -> Vec<u8> {
    element(0x06, content)
}

/// NULL.
pub(crate) fn null() -> Vec<u8> {
    vec![0x05, 0x00]
}

/// A time as RFC 5280 wants it: UTCTime until 2049, GeneralizedTime from 2050.
pub(crate) fn time(unix_seconds: i64) -> Vec<u8> {
    let date = myna_card::Date::from_unix_seconds(unix_seconds);
    let second = unix_seconds.rem_euclid(86_400);
    let clock = format!("{:02}{:02}{:02}Z", second / 3600, second / 60 % 60, second % 60);
    let day = format!("{:02}{:02}", date.month, date.day);
    if (1950..2050).contains(&date.year) {
        element(0x17, format!("{:02}{day}{clock}", date.year % 100).as_bytes())
    } else {
        element(0x18, format!("{:04}{day}{clock}", date.year).as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_take_the_shortest_form() {
        assert_eq!(length(0x7F), [0x7F]);
        assert_eq!(length(0x80), [0x81, 0x80]);
        assert_eq!(length(0x0123), [0x82, 0x01, 0x23]);
    }

    #[test]
    fn integers_stay_positive_and_minimal() {
        assert_eq!(integer(&[0x00, 0x7F]), [2, 1, 0x7F]);
        assert_eq!(integer(&[0x80]), [2, 2, 0, 0x80]);
        assert_eq!(integer(&[]), [2, 1, 0]);
    }

    #[test]
    fn times_change_form_in_2050() {
        assert_eq!(time(0)[2..], *b"700101000000Z");
        assert_eq!(time(2_524_608_000)[2..], *b"20500101000000Z");
    }
}

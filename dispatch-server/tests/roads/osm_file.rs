//! A minimal writer of OpenStreetMap's PBF: one header, one block, everything uncompressed.

/// A field of wire type 0.
fn number(out: &mut Vec<u8>, field: u64, value: u64) {
    varint(out, field << 3);
    varint(out, value);
}

/// A field of wire type 2.
fn bytes(out: &mut Vec<u8>, field: u64, value: &[u8]) {
    varint(out, field << 3 | 2);
    varint(out, value.len() as u64);
    out.extend_from_slice(value);
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(u8::try_from(value & 0x7f).expect("seven bits") | 0x80);
        value >>= 7;
    }
    out.push(u8::try_from(value).expect("seven bits"));
}

fn zigzag(value: i64) -> u64 {
    (value << 1 ^ value >> 63).cast_unsigned()
}

/// Signed numbers, each as the difference to the one before.
fn deltas(values: impl IntoIterator<Item = i64>) -> Vec<u8> {
    let (mut out, mut before) = (Vec::new(), 0);
    for value in values {
        varint(&mut out, zigzag(value - before));
        before = value;
    }
    out
}

fn blob(out: &mut Vec<u8>, kind: &str, content: &[u8]) {
    let mut blob = Vec::new();
    bytes(&mut blob, 1, content);
    let mut header = Vec::new();
    bytes(&mut header, 1, kind.as_bytes());
    number(&mut header, 3, blob.len() as u64);
    out.extend_from_slice(&u32::try_from(header.len()).expect("short").to_be_bytes());
    out.extend_from_slice(&header);
    out.extend_from_slice(&blob);
}

/// One way: its number, its nodes, its tags.
pub(crate) type WayRow<'a> = (i64, &'a [i64], &'a [(&'a str, &'a str)]);

/// A whole file of nodes (number, latitude and longitude in degrees × 10⁷) and ways.
pub(crate) fn write(nodes: &[(i64, i64, i64)], ways: &[WayRow<'_>]) -> Vec<u8> {
    let mut strings: Vec<&str> = vec![""];
    for text in ways.iter().flat_map(|(_, _, tags)| tags.iter().flat_map(|(key, value)| [*key, *value])) {
        if !strings.contains(&text) {
            strings.push(text);
        }
    }
    let place = |text: &str| strings.iter().position(|known| *known == text).expect("collected") as u64;
    let mut table = Vec::new();
    strings.iter().for_each(|text| bytes(&mut table, 1, text.as_bytes()));
    let mut dense = Vec::new();
    bytes(&mut dense, 1, &deltas(nodes.iter().map(|node| node.0)));
    bytes(&mut dense, 8, &deltas(nodes.iter().map(|node| node.1)));
    bytes(&mut dense, 9, &deltas(nodes.iter().map(|node| node.2)));
    let mut group = Vec::new();
    bytes(&mut group, 2, &dense);
    for (id, refs, tags) in ways {
        let packed = |pick: fn(&(&str, &str)) -> String| {
            let mut out = Vec::new();
            tags.iter().for_each(|tag| varint(&mut out, place(&pick(tag))));
            out
        };
        let mut way = Vec::new();
        number(&mut way, 1, id.cast_unsigned());
        bytes(&mut way, 2, &packed(|tag| tag.0.to_owned()));
        bytes(&mut way, 3, &packed(|tag| tag.1.to_owned()));
        bytes(&mut way, 8, &deltas(refs.iter().copied()));
        bytes(&mut group, 3, &way);
    }
    let mut block = Vec::new();
    bytes(&mut block, 1, &table);
    bytes(&mut block, 2, &group);
    let mut header = Vec::new();
    bytes(&mut header, 4, b"OsmSchema-V0.6");
    bytes(&mut header, 4, b"DenseNodes");
    let mut out = Vec::new();
    blob(&mut out, "OSMHeader", &header);
    blob(&mut out, "OSMData", &block);
    out
}

//! Reads server-sent events (WHATWG HTML, 9.2) from chunks.

/// An event longer than this many bytes ends the connection.
pub(crate) const EVENT_BYTES_MAX: usize = 1024 * 1024;

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    /// Its name.
    pub(crate) event: String,
    /// Its data.
    pub(crate) data: String,
}

/// Bytes that belong to no whole line yet, and the event that is being read.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    bytes: Vec<u8>,
    event: String,
    data: String,
}

/// The event is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLong;

impl Reader {
    /// Takes a chunk; returns the events that it completed.
    pub(crate) fn push(&mut self, chunk: &[u8]) -> Result<Vec<Message>, TooLong> {
        self.bytes.extend_from_slice(chunk);
        let mut found = Vec::new();
        while let Some(end) = self.bytes.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.bytes.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            found.extend(self.line(line.trim_end_matches(['\r', '\n'])));
        }
        if self.bytes.len() + self.data.len() > EVENT_BYTES_MAX { Err(TooLong) } else { Ok(found) }
    }

    fn line(&mut self, line: &str) -> Option<Message> {
        if line.is_empty() {
            let (event, data) = (core::mem::take(&mut self.event), core::mem::take(&mut self.data));
            return (!event.is_empty() || !data.is_empty()).then_some(Message { event, data });
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.event),
            "data" if self.data.is_empty() => value.clone_into(&mut self.data),
            "data" => {
                self.data.push('\n');
                self.data.push_str(value);
            }
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_whole_however_the_chunks_fall() {
        let text = ": ping\r\n\r\nevent: a\ndata: 満\ndata: 床\n\ndata: x\n\n";
        let whole = Reader::default().push(text.as_bytes()).expect("events");
        assert_eq!(whole.len(), 2);
        assert_eq!(whole.first(), Some(&Message { event: "a".into(), data: "満\n床".into() }));
        let mut reader = Reader::default();
        let single: Vec<Message> = text.bytes().flat_map(|byte| reader.push(&[byte]).expect("events")).collect();
        assert_eq!(single, whole);
    }

    #[test]
    fn an_endless_event_is_refused() {
        let mut reader = Reader::default();
        assert_eq!(reader.push(&vec![b'x'; EVENT_BYTES_MAX + 1]), Err(TooLong));
    }
}

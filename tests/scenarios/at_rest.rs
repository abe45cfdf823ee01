//! No history rests on the tablet: not in its memory after the wipe, not in its outbox, files or log.

use std::collections::BTreeSet;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::Duration;

use delivery::OutboxStore;
use sim::demo::{DemoArgs, Rehearsal};
use virtual_card::Persona;

use crate::programs::folder;

/// The persona: heart and blood medicines, two facilities that appear with rows.
const PERSONA: &str = "warfarin";
/// The crew looks at the history for so long; the search happens meanwhile.
const LOOK: Duration = Duration::from_secs(12);
/// The wipe's promise: nothing in memory so long after it.
const AFTER_WIPE: Duration = Duration::from_secs(5);
/// Memory is read in pieces of this size.
const PIECE: usize = 1 << 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pcsc_no_history_rests_on_the_tablet() {
    let needles = Needles::of(&Persona::named(PERSONA).unwrap());
    let args = DemoArgs {
        headless: true,
        json: None,
        pictures: None,
        keep: false,
        persona: PERSONA.to_owned(),
        kill: false,
        bin_dir: Some(folder()),
    };
    let run = Rehearsal::begin(&args, LOOK).await.unwrap();
    run.said("\"history_shown\"", Duration::from_secs(60)).await.unwrap();
    let process = run.tablet_process().unwrap();

    // The search can fail: while the history is shown it finds all of it.
    let before = needles.in_memory(process);
    assert_eq!(before, needles.texts(), "the history is on the screen, and in memory");

    run.said("{\"for\":\"wiped\"", Duration::from_secs(120)).await.unwrap();
    tokio::time::sleep(AFTER_WIPE).await;
    assert_eq!(needles.in_memory(process), BTreeSet::new(), "in memory {} s after the wipe", AFTER_WIPE.as_secs());
    run.said("\"back_in_service\"", Duration::from_secs(60)).await.unwrap();

    let log = std::fs::read(run.tablet_log()).unwrap();
    assert!(String::from_utf8_lossy(&log).contains("\"history_shown\""), "the log is this run's");
    assert_eq!(needles.in_bytes(&log), BTreeSet::new(), "in the tablet's log");
    let tablet = run.tablet_folder();
    let stopped = run.end_tablet().await;
    assert!(files_with_history(&needles, &tablet) > 3, "the folder holds settings, certificate, key and outbox");
    let rows = unsealed(&tablet.join("data")).await;
    // The rows are really open: the observation of the script stands in one of them, and no sealed byte would show it.
    let observed = rows.iter().any(|row| row.windows(11).any(|w| w == b"head_injury"));
    assert!(observed, "{} rows, and no observation in them", rows.len());
    for row in &rows {
        assert_eq!(needles.in_bytes(row), BTreeSet::new(), "in an unsealed row");
    }
    stopped.end().await;
}

/// Every entry of every log and every local state, opened with the device key.
async fn unsealed(data: &Path) -> Vec<Vec<u8>> {
    let (store, _restored) = ambulance_runtime::open_outbox(data, model::Timestamp(0)).await.unwrap();
    let mut rows = Vec::new();
    for head in store.heads().await.unwrap() {
        let mut from = head.kept_from;
        while from <= head.head {
            let page = store.read_log(head.log, from, delivery::limits::TRANSACTION_ENTRIES_MAX).await.unwrap();
            from = page.last().unwrap().seq + 1;
            rows.extend(page.into_iter().map(|entry| entry.bytes.to_vec()));
        }
    }
    rows.extend(store.states("").await.unwrap().into_iter().flat_map(|(key, value)| [key.into_bytes(), value]));
    rows
}

/// Searches every file below a folder, none may hold any; how many there are.
fn files_with_history(needles: &Needles, folder: &Path) -> usize {
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            count += files_with_history(needles, &path);
        } else {
            assert_eq!(needles.in_bytes(&std::fs::read(&path).unwrap()), BTreeSet::new(), "in {}", path.display());
            count += 1;
        }
    }
    count
}

/// What is looked for: each text as UTF-8 and UTF-16, found by its first two bytes.
struct Needles {
    forms: Vec<(String, Vec<u8>)>,
    begins: Vec<bool>,
    longest: usize,
}

impl Needles {
    /// Names of medicines and treatments, their codes, facilities with their codes, and the person's names. Words that
    /// every program of this kind holds (a department's name, 特定健診) would prove nothing and are left out.
    fn of(persona: &Persona) -> Self {
        let mut texts = BTreeSet::from([persona.person.name.clone(), persona.person.kana.clone()]);
        let mut used = BTreeSet::new();
        for section in ["e_prescriptions", "medications", "surgeries", "treatments", "dialysis", "visits"] {
            let rows = persona.history.get(section).and_then(|rows| rows.as_array()).into_iter().flatten();
            for row in rows {
                used.extend(row.get("facility").and_then(|key| key.as_str()));
                let fields: &[&str] = if section == "visits" { &[] } else { &["name", "yj"] };
                texts.extend(fields.iter().filter_map(|f| row.get(*f)?.as_str()).map(str::to_owned));
            }
        }
        for facility in used {
            let facility = &persona.history["facilities"][facility];
            texts.extend(["name", "code"].iter().map(|f| facility[*f].as_str().unwrap().to_owned()));
        }
        assert!(texts.len() > 10, "{texts:?}");
        let utf16 = |t: &String| t.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let forms: Vec<(String, Vec<u8>)> =
            texts.iter().flat_map(|t| [(t.clone(), t.clone().into_bytes()), (t.clone(), utf16(t))]).collect();
        let mut begins = vec![false; 1 << 16];
        for (_, form) in &forms {
            begins[usize::from(u16::from_le_bytes([form[0], form[1]]))] = true;
        }
        let longest = forms.iter().map(|(_, form)| form.len()).max().unwrap();
        Self { forms, begins, longest }
    }

    fn texts(&self) -> BTreeSet<&str> {
        self.forms.iter().map(|(text, _)| text.as_str()).collect()
    }

    fn in_bytes(&self, bytes: &[u8]) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        for at in 0..bytes.len().saturating_sub(1) {
            if self.begins[usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]))] {
                let here = self.forms.iter().filter(|(_, form)| bytes[at..].starts_with(form));
                found.extend(here.map(|(text, _)| text.as_str()));
            }
        }
        found
    }

    /// All writable memory of a process.
    fn in_memory(&self, process: u32) -> BTreeSet<&str> {
        let maps = std::fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
        let memory = File::open(format!("/proc/{process}/mem")).unwrap();
        let mut found = BTreeSet::new();
        let mut piece = vec![0; PIECE + self.longest];
        let zeros = vec![0; PIECE + self.longest];
        for (from, to) in maps.lines().filter_map(writable) {
            let mut at = from;
            while at < to {
                let wanted = usize::try_from(to - at).unwrap().min(piece.len());
                // A mapping may have gone meanwhile; device memory cannot be read.
                let read = memory.read_at(&mut piece[..wanted], at).unwrap_or(0);
                if piece[..read] != zeros[..read] {
                    found.extend(self.in_bytes(&piece[..read]));
                }
                at += PIECE as u64;
            }
        }
        found
    }
}

/// The addresses of a line of the map, when the memory is writable.
fn writable(line: &str) -> Option<(u64, u64)> {
    let mut words = line.split_whitespace();
    let (from, to) = words.next()?.split_once('-')?;
    words.next().filter(|rights| rights.starts_with("rw"))?;
    Some((u64::from_str_radix(from, 16).ok()?, u64::from_str_radix(to, 16).ok()?))
}

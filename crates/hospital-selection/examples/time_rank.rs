//! Prints how long one ranking over the embedded table takes: `cargo run --release -p hospital-selection --example time_rank`.
#![expect(clippy::disallowed_methods, clippy::print_stdout, reason = "an example that measures and prints")]

use hospital_selection::{CaseFile, HospitalTable, example_case, rank};
use std::time::Instant;
use travel_time::DistanceModel;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let start = Instant::now();
    let table = HospitalTable::embedded();
    println!("table of {} hospitals parsed in {:.1?}", table.hospitals().len(), start.elapsed());
    let case = CaseFile::parse(example_case(), table)?;
    let request = case.request();
    let mut times: Vec<_> = (0..201)
        .map(|_| {
            let start = Instant::now();
            let ranking = rank(table, &case.capacity, &DistanceModel::japan(), &request);
            assert!(!ranking.candidates.is_empty());
            start.elapsed()
        })
        .collect();
    times.sort();
    println!("rank: median {:.3?}, slowest of 201 {:.3?}", times[100], times[200]);
    Ok(())
}

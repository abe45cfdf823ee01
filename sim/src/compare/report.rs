//! The comparison as a report.

use super::found::{Fixed, Link, Network, Outcome, Round};
use crate::report::{
    Axis, Bars, Cell, Generator, Lag, LagLimits, Latency, LatencyCurve, Quantile, Report, Section, Spread, Table,
    Verdict,
};

/// The generator measured itself when 99 of 100 questions were asked later than this.
const LAG_P99_MS: f64 = 5.0;

/// One thing that is compared.
struct Measure {
    name: &'static str,
    unit: &'static str,
    /// Of one round; none where it was not measured on this network.
    of: fn(&Round) -> Option<f64>,
}

/// What is compared, in the order of the tables.
const MEASURES: [Measure; 13] = [
    Measure { name: "all connected", unit: "s", of: |round| Some(round.connect_s) },
    Measure { name: "server per handshake", unit: "µs", of: |round| Some(round.handshake_us) },
    Measure { name: "server memory per connection", unit: "KiB", of: |round| Some(round.memory_kib) },
    Measure { name: "answers at most", unit: "1/s", of: |round| round.most.as_ref().map(|most| most.per_s) },
    Measure { name: "at most: p50", unit: "ms", of: |round| round.most.as_ref().map(|most| most.p50_ms) },
    Measure { name: "at most: p99", unit: "ms", of: |round| round.most.as_ref().map(|most| most.p99_ms) },
    Measure {
        name: "at most: server per answer",
        unit: "µs",
        of: |round| round.most.as_ref().map(|most| most.server_us),
    },
    Measure {
        name: "at most: client per answer",
        unit: "µs",
        of: |round| round.most.as_ref().map(|most| most.client_us),
    },
    Measure { name: "fixed rate: p50", unit: "ms", of: |round| Some(round.fixed.p50_ms) },
    Measure { name: "fixed rate: p99", unit: "ms", of: |round| Some(round.fixed.p99_ms) },
    Measure { name: "fixed rate: server per answer", unit: "µs", of: |round| Some(round.fixed.server_us) },
    Measure { name: "positions that arrived", unit: "%", of: |round| Some(arrived(round)) },
    Measure { name: "server per position", unit: "µs", of: |round| Some(round.positions.server_us) },
];

fn arrived(round: &Round) -> f64 {
    round.positions.arrived as f64 * 100.0 / round.positions.sent.max(1) as f64
}

/// Writes the report.
pub(super) fn fill(report: &mut Report, outcome: &Outcome) {
    conditions(report, outcome);
    report.generator(generator(outcome, report.machine.cores));
    for network in &outcome.networks {
        let failed: u64 = network.links.iter().flat_map(|link| &link.rounds).map(failed).sum();
        report.verdict(Verdict::exactly(
            format!("{}: questions without an answer, all links", network.name),
            failed,
            0,
        ));
        headline(report, network);
        report.section(section(network));
    }
}

fn failed(round: &Round) -> u64 {
    round.fixed.failed + round.most.as_ref().map_or(0, |most| most.failed)
}

fn conditions(report: &mut Report, outcome: &Outcome) {
    let Outcome { rounds, question_bytes, answer_bytes, position_bytes, .. } = outcome;
    report.assume(format!(
        "A question of {question_bytes} B has an answer of {answer_bytes} B out of memory, with no handler behind it; a position has \
         {position_bytes} B. {rounds} alternating rounds; ratios are formed inside a round."
    ));
    report.assume(
        "TLS 1.3 with client certificates everywhere; ours, gRPC's and the clients' by the same library (rustls, ring), the broker's by \
         OpenSSL. All connections show one certificate.",
    );
    report.assume(
        "A position is a datagram of ours (the newest counts, a lost one is not sent again), a message on an open stream of gRPC, a QoS 0 \
         message of MQTT. A question over MQTT is a QoS 1 message to a client that answers with another; the server there is broker \
         and that client together.",
    );
    report.assume(
        "Memory is resident memory of the server's process; the kernel's buffers of TCP sockets are not in it.",
    );
    if let Some(broker) = &outcome.broker {
        report.assume(format!("The broker is {broker}."));
    }
    for absent in &outcome.absent {
        report.assume(format!("NOT MEASURED: {absent}."));
    }
    for network in outcome.networks.iter().filter(|network| network.loss > 0.0 || network.rtt_ms > 0) {
        report.fault(format!(
            "Network \"{}\": {} ms there and back, {} % of the packets lost each way at random.",
            network.name,
            network.rtt_ms,
            network.loss * 100.0
        ));
    }
}

/// The worst of all rounds at the fixed rate: one bad round would bend its figures.
fn generator(outcome: &Outcome, machine_cores: u32) -> Generator {
    let all = || outcome.networks.iter().flat_map(|network| &network.links).flat_map(|link| &link.rounds);
    let worst = |of: fn(&Fixed) -> f64| all().map(|round| of(&round.fixed)).fold(0.0, f64::max);
    let intended = all().map(|round| round.fixed.intended).sum();
    let dropped = all().map(|round| round.fixed.dropped).sum();
    Generator {
        intended,
        begun: intended - dropped,
        dropped,
        lag: Lag {
            p50_ms: worst(|fixed| fixed.lag_p50_ms),
            p99_ms: worst(|fixed| fixed.lag_p99_ms),
            max_ms: worst(|fixed| fixed.lag_max_ms),
        },
        generator_cores: worst(|fixed| fixed.generator_cores),
        server_cores: worst(|fixed| fixed.server_cores),
        machine_cores,
        limits: LagLimits { lag_p99_ms: LAG_P99_MS, generator_cores: None },
    }
}

fn spread(link: &Link, measure: &Measure) -> Spread {
    Spread::of(link.rounds.iter().filter_map(measure.of))
}

/// Ours over the other's, round by round.
fn ratio(ours: &Link, other: &Link, measure: &Measure) -> Spread {
    let pairs = ours.rounds.iter().zip(&other.rounds);
    Spread::of(pairs.filter_map(|(ours, other)| {
        let (ours, other) = ((measure.of)(ours)?, (measure.of)(other)?);
        (other != 0.0).then(|| ours / other)
    }))
}

/// The ratios that are looked at first.
fn headline(report: &mut Report, network: &Network) {
    let Some((ours, others)) = network.links.split_first() else { return };
    for name in ["answers at most", "at most: server per answer", "fixed rate: p99"] {
        let Some(measure) = MEASURES.iter().find(|measure| measure.name == name) else { continue };
        for other in others {
            let ratio = ratio(ours, other, measure);
            if ratio.rounds > 0 {
                report.figure(format!("{}: {name}, over {}", network.name, other.name), ratio.median, "×");
            }
        }
    }
}

fn section(network: &Network) -> Section {
    let Network { connections, rate, positions, seconds, .. } = network;
    Section::new(format!("Network: {}", network.name))
        .text(format!(
            "{connections} connections; {rate} questions and {positions} positions a second at the fixed rate, for {seconds} s each. At the \
             fixed rate times count from the moment at which a question was meant to be asked."
        ))
        .table(measured(network))
        .table(ratios(network))
        .latency(times(network))
        .bars(costs(network))
}

fn shown(measures: &Network) -> impl Iterator<Item = &'static Measure> {
    let measured = |measure: &&Measure| measures.links.iter().any(|link| spread(link, measure).rounds > 0);
    MEASURES.iter().filter(measured).collect::<Vec<_>>().into_iter()
}

fn measured(network: &Network) -> Table {
    let mut table = Table::new("Median of the rounds (least – most)", [("", ""), ("unit", "")]);
    table.columns.extend(network.links.iter().map(|link| named(&link.name)));
    for measure in shown(network) {
        let cells = network.links.iter().map(|link| told(&spread(link, measure)));
        table.row([Cell::from(measure.name), Cell::from(measure.unit)].into_iter().chain(cells));
    }
    table
}

fn ratios(network: &Network) -> Table {
    let mut table = Table::new("Ours over theirs, round by round: median (least – most)", [("", "")]);
    let Some((ours, others)) = network.links.split_first() else { return table };
    table.columns.extend(others.iter().map(|other| named(&format!("over {}", other.name))));
    for measure in shown(network) {
        let cells = others.iter().map(|other| told(&ratio(ours, other, measure)));
        table.row(std::iter::once(Cell::from(measure.name)).chain(cells));
    }
    table.with_note("Below 1 is less of ours: better for times, memory and processor, worse for answers per second.")
}

fn named(name: &str) -> crate::report::Column {
    crate::report::Column { name: name.to_owned(), unit: String::new() }
}

fn told(spread: &Spread) -> Cell {
    match spread.rounds {
        0 => Cell::Nothing(()),
        _ => Cell::from(spread.brief()),
    }
}

fn times(network: &Network) -> Latency {
    let mut latency = Latency::new("Answer at the fixed rate, all rounds", "ms");
    for link in &network.links {
        let Some(times) = &link.times else { continue };
        let quantiles = times.quantiles.iter().map(|[at, value]| Quantile { at: *at, value: *value }).collect();
        let (name, count, mean, max) = (link.name.clone(), times.count, times.mean, times.max);
        latency.curves.push(LatencyCurve { name, count, mean, max, quantiles });
    }
    latency
}

/// What each link costs the server, side by side.
fn costs(network: &Network) -> Bars {
    let wanted = ["at most: server per answer", "fixed rate: server per answer", "server per position"];
    let measures: Vec<&Measure> = shown(network).filter(|measure| wanted.contains(&measure.name)).collect();
    let names = measures.iter().map(|measure| measure.name.to_owned()).collect();
    let bars = Bars::new("Processor time of the server", "", Axis::new("time", "µs"), names);
    network.links.iter().fold(bars, |bars, link| {
        let spreads: Vec<Spread> = measures.iter().map(|measure| spread(link, measure)).collect();
        let band = spreads.iter().map(|spread| [spread.least, spread.most]).collect();
        bars.series(link.name.as_str(), spreads.iter().map(|spread| spread.median)).with_band(band)
    })
}

#[cfg(test)]
mod tests {
    use super::super::found::parse;
    use super::*;

    /// Two rounds of two links; in the second gRPC is twice as fast as in the first.
    const OUTCOME: &str = include_str!("outcome.example.json");

    #[test]
    fn ratios_are_formed_inside_a_round() {
        let outcome = parse(OUTCOME.as_bytes()).expect("an outcome");
        let network = outcome.networks.first().expect("a network");
        let [ours, grpc] = network.links.as_slice() else { panic!("two links") };
        let measure = MEASURES.iter().find(|measure| measure.name == "answers at most").expect("a measure");
        assert_eq!(ratio(ours, grpc, measure), Spread { median: 1.5, least: 1.0, most: 2.0, rounds: 2 });
    }

    #[test]
    fn what_was_absent_is_told_and_what_was_not_answered_is_missed() {
        let outcome = parse(OUTCOME.as_bytes()).expect("an outcome");
        let mut report = Report::new("test", None);
        fill(&mut report, &outcome);
        assert!(report.assumptions.iter().any(|text| text.contains("NOT MEASURED: MQTT")), "{:?}", report.assumptions);
        let missed: Vec<_> =
            report.verdicts.iter().filter(|verdict| !verdict.passes()).map(|verdict| verdict.measured).collect();
        assert_eq!(missed, [1.0], "one question of gRPC failed: {:?}", report.verdicts);
        assert!(report.to_html().contains("1.5 (1 – 2)"));
    }
}

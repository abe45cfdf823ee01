//! Examples with exact answers: the exact value must lie in the interval of 99.9 % (`holds_exact`), with fixed seeds.

use super::file::{EXAMPLE, SCHEMA};
use super::{Answer, QueueFile, QueueFileError, answer, erlang_b, erlang_c};

/// 20 replications of so many calls each, after a warm-up of 50 mean services.
fn run(calls: f64, rest: &str) -> Answer {
    let rate: f64 =
        rest.lines().filter_map(|line| line.strip_prefix("rate = ")).filter_map(|r| r.parse::<f64>().ok()).sum();
    let text = format!("name = \"test\"\nwarm_up = 50.0\nlength = {}\n{rest}", calls / rate);
    answer(&text).expect("a sound model")
}

fn assert_holds(answer: &Answer, figures: &[&str]) {
    for name in figures {
        let figure = answer.figure(name).unwrap_or_else(|| panic!("{name} is told"));
        assert_eq!(figure.holds_exact, Some(true), "{figure:?}");
    }
}

fn exact(answer: &Answer, name: &str) -> f64 {
    answer.figure(name).and_then(|figure| figure.exact).unwrap_or_else(|| panic!("{name} has an exact value"))
}

fn assert_near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-9 * expected.abs().max(1.0), "{found}, expected {expected}");
}

#[test]
fn waiting_follows_erlang_c_and_loss_erlang_b() {
    for (servers, load, seed) in [(3, 1.5, 1), (3, 2.0, 2), (5, 3.0, 3), (10, 8.0, 4)] {
        let model = |waiting: &str| {
            format!(
                "seed = {seed}\nwaiting = \"{waiting}\"\n[[area]]\nid = \"a\"\nrate = {load}\n[[server]]\nid = \"s\"\n\
                 count = {servers}\nservice = {{ mean = 1.0 }}"
            )
        };
        let waiting = run(2_500.0, &model("infinite"));
        let wait = erlang_c(servers, load) / (f64::from(servers) - load);
        assert_near(exact(&waiting, "system.wait_probability"), erlang_c(servers, load));
        assert_near(exact(&waiting, "system.wait_mean"), wait);
        assert_near(exact(&waiting, "system.waiting_mean"), wait * load);
        assert_holds(
            &waiting,
            &["system.wait_probability", "system.wait_mean", "system.waiting_mean", "server.s.utilisation"],
        );
        let lost = run(2_500.0, &model("none"));
        assert_near(exact(&lost, "system.loss"), erlang_b(servers, load));
        assert_holds(&lost, &["system.loss", "system.busy_mean", "system.in_system.0", "server.s.utilisation"]);
    }
}

#[test]
fn loss_does_not_depend_on_the_distribution_of_services() {
    for service in [
        "distribution = \"deterministic\"",
        "distribution = \"lognormal\", cv = 1.5",
        "distribution = \"gamma\", cv = 0.5",
        "distribution = \"hyperexponential\", cv = 2.0",
        "distribution = \"uniform\", cv = 0.5",
    ] {
        let model = format!(
            "waiting = \"none\"\n[[area]]\nid = \"a\"\nrate = 3.0\n[[server]]\nid = \"s\"\ncount = 5\nservice = {{ mean = 1.0, {service} }}"
        );
        let answer = run(4_000.0, &model);
        assert_near(exact(&answer, "system.loss"), erlang_b(5, 3.0));
        assert_holds(&answer, &["system.loss", "system.all_busy", "system.busy_mean"]);
    }
}

#[test]
fn littles_law_and_arrivals_that_see_time_averages() {
    let answer = run(
        5_000.0,
        "waiting = \"infinite\"\n[[area]]\nid = \"a\"\nrate = 2.5\n[[server]]\nid = \"s\"\ncount = 4\n\
         service = { mean = 1.0, distribution = \"lognormal\", cv = 0.8 }",
    );
    let figure = |name: &str| answer.figure(name).expect("told");
    // A call that is in the system at an end of the window counts in part: the law holds up to that.
    assert!((figure("system.little").mean - 1.0).abs() < 0.01, "{:?}", figure("system.little"));
    let (calls, time) = (figure("system.found_all_busy"), figure("system.all_busy"));
    let apart = (calls.mean - time.mean).abs();
    assert!(apart < calls.half_width.expect("replications"), "{calls:?} {time:?}");
    let (calls, stay) = (figure("system.calls").mean, figure("system.time_in_system_mean").mean);
    assert!((calls * stay / figure("system.in_system_mean").mean - 1.0).abs() < 0.01);
}

#[test]
fn one_server_follows_pollaczek_and_khinchine() {
    for (service, square) in [
        ("mean = 1.0, distribution = \"deterministic\"", 1.0),
        ("mean = 1.0, distribution = \"erlang\", phases = 4", 1.25),
        ("mean = 1.0, distribution = \"lognormal\", cv = 1.2", 2.44),
        ("distribution = \"values\", values = [0.5, 3.0], probabilities = [0.8, 0.2]", 2.0),
    ] {
        let model = format!(
            "waiting = \"infinite\"\n[[area]]\nid = \"a\"\nrate = 0.6\n[[server]]\nid = \"s\"\nservice = {{ {service} }}"
        );
        let answer = run(5_000.0, &model);
        assert_near(exact(&answer, "system.wait_mean"), 0.6 * square / (2.0 * 0.4));
        assert_holds(&answer, &["system.wait_mean", "system.waiting_mean", "system.utilisation"]);
    }
}

#[test]
fn priorities_follow_cobham() {
    let one = run(
        6_000.0,
        "waiting = \"infinite\"\n[[server]]\nid = \"s\"\nservice = { mean = 1.0 }\n[[area]]\nid = \"red\"\nrate = 0.3\n\
         [[area]]\nid = \"green\"\nrate = 0.4\npriority = 2",
    );
    // W₀ = 0.7; red 0.7/0.7, green 0.7/(0.7·0.3).
    assert_near(exact(&one, "area.red.wait_mean"), 1.0);
    assert_near(exact(&one, "priority.2.wait_mean"), 10.0 / 3.0);
    assert_holds(&one, &["area.red.wait_mean", "area.green.wait_mean", "priority.1.wait_mean", "system.waiting_mean"]);
    let three = run(
        6_000.0,
        "waiting = \"infinite\"\n[[server]]\nid = \"s\"\ncount = 3\nservice = { mean = 1.0 }\n[[area]]\nid = \"red\"\nrate = 1.0\n\
         [[area]]\nid = \"green\"\nrate = 1.0\npriority = 5",
    );
    let delayed = 4.0 / 9.0;
    assert_near(exact(&three, "area.red.wait_mean"), delayed / 3.0 / (2.0 / 3.0));
    assert_near(exact(&three, "area.green.wait_mean"), delayed / 3.0 / (2.0 / 3.0 * (1.0 / 3.0)));
    assert_holds(&three, &["area.red.wait_mean", "area.green.wait_mean", "priority.5.wait_mean"]);
}

#[test]
fn a_limited_queue_and_one_that_is_left() {
    let limited = run(
        5_000.0,
        "waiting = \"limited\"\nplaces = 3\n[[area]]\nid = \"a\"\nrate = 0.8\n[[server]]\nid = \"s\"\nservice = { mean = 1.0 }",
    );
    // M/M/1/4: loss = (1 − ρ)ρ⁴ / (1 − ρ⁵).
    assert_near(exact(&limited, "system.loss"), 0.2 * 0.8_f64.powi(4) / (1.0 - 0.8_f64.powi(5)));
    assert_holds(&limited, &["system.loss", "system.wait_mean", "system.in_system_mean", "system.in_system.4"]);
    let left = run(
        5_000.0,
        "waiting = \"infinite\"\n[[area]]\nid = \"a\"\nrate = 3.0\npatience = { mean = 1.0 }\n[[server]]\nid = \"s\"\ncount = 2\n\
         service = { mean = 1.0 }",
    );
    // Services and patience alike: the number in the system is that of M/M/∞, Poisson of mean 3.
    let poisson = |n: i32| (-3.0_f64).exp() * 3.0_f64.powi(n) / (1..=n).map(f64::from).product::<f64>();
    assert_near(exact(&left, "system.in_system.4"), poisson(4));
    assert_holds(&left, &["system.gave_up", "system.waiting_mean", "system.in_system.4", "system.wait_probability"]);
}

#[test]
fn general_arrivals_at_an_exponential_server() {
    let answer = run(
        6_000.0,
        "waiting = \"infinite\"\n[[area]]\nid = \"a\"\nrate = 0.5\narrivals = { distribution = \"deterministic\" }\n[[server]]\n\
         id = \"s\"\nservice = { mean = 1.0 }",
    );
    assert!((exact(&answer, "system.wait_probability") - 0.203_187_87).abs() < 1e-7);
    assert_holds(
        &answer,
        &["system.wait_probability", "system.wait_mean", "system.utilisation", "system.found_all_busy"],
    );
}

/// Three servers with rates of their own, three areas that call them in different orders.
const HYPERCUBE: &str = "[[server]]\nid = \"1\"\nservice = { mean = 1.0 }\n[[server]]\nid = \"2\"\nservice = { mean = 1.25 }\n[[server]]\n\
    id = \"3\"\nservice = { mean = 0.8 }\n[[area]]\nid = \"A\"\nrate = 0.75\nprefer = [\"1\", \"2\", \"3\"]\n[[area]]\nid = \"B\"\n\
    rate = 0.5\nprefer = [\"2\", \"3\", \"1\"]\n[[area]]\nid = \"C\"\nrate = 0.25\nprefer = [\"3\", [\"1\", \"2\"]]";

/// Shares of the eight sets of [`HYPERCUBE`] by Gaussian elimination, written down anew: bit 0 is server 1. `queue`: calls wait.
fn sets_by_elimination(queue: bool) -> [f64; 8] {
    let mu = [1.0, 1.0 / 1.25, 1.0 / 0.8];
    let areas: [(f64, [usize; 3]); 3] = [(0.75, [0, 1, 2]), (0.5, [1, 2, 0]), (0.25, [2, 0, 1])];
    let mut matrix = [[0.0f64; 9]; 8];
    let mut flow = |from: usize, to: usize, rate: f64| {
        matrix[to][from] += rate;
        matrix[from][from] -= rate;
    };
    for set in 0..8usize {
        for (server, rate) in mu.iter().enumerate().filter(|(server, _)| set >> server & 1 == 1) {
            flow(set, set & !(1 << server), *rate);
        }
        for (area, (rate, order)) in areas.iter().enumerate() {
            let free: Vec<usize> = order.iter().copied().filter(|s| set >> s & 1 == 0).collect();
            match free.as_slice() {
                // Area C takes 1 and 2 at random once 3 is busy.
                [a, b] if area == 2 && *a != 2 => {
                    flow(set, set | 1 << a, rate / 2.0);
                    flow(set, set | 1 << b, rate / 2.0);
                }
                [first, ..] => flow(set, set | 1 << first, *rate),
                [] => {}
            }
        }
    }
    matrix[7] = [1.0; 9];
    for column in 0..8 {
        let pivot =
            (column..8).max_by(|a, b| matrix[*a][column].abs().total_cmp(&matrix[*b][column].abs())).expect("rows");
        matrix.swap(column, pivot);
        for row in 0..8 {
            if row != column {
                let factor = matrix[row][column] / matrix[column][column];
                (column..9).for_each(|at| matrix[row][at] -= factor * matrix[column][at]);
            }
        }
    }
    let mut shares = [0.0; 8];
    (0..8).for_each(|at| shares[at] = matrix[at][8] / matrix[at][at]);
    if queue {
        let load = 1.5 / mu.iter().sum::<f64>();
        let tail = shares[7] * load / (1.0 - load);
        shares[7] += tail;
        shares.iter_mut().for_each(|share| *share /= 1.0 + tail);
    }
    shares
}

#[test]
fn three_servers_with_preferences_are_the_hypercube_that_a_linear_solve_gives() {
    for (waiting, queue) in [("none", false), ("infinite", true)] {
        let answer = run(8_000.0, &format!("waiting = \"{waiting}\"\n{HYPERCUBE}"));
        let shares = sets_by_elimination(queue);
        for (set, share) in shares.iter().enumerate() {
            let name: String = (0..3).map(|server| if set >> server & 1 == 1 { '1' } else { '0' }).collect();
            assert_near(exact(&answer, &format!("set.{name}")), *share);
            assert_holds(&answer, &[&format!("set.{name}")]);
        }
        let busy: f64 = (0..8).filter(|set| set & 1 == 1).map(|set| shares[set]).sum();
        assert_near(exact(&answer, "server.1.utilisation"), busy);
        // Area A: server 1 when free; the second choice when 1 is busy and 2 is free.
        let direct: f64 = [0, 2, 4, 6].iter().map(|set| shares[*set]).sum();
        let second = shares[1] + shares[5];
        if queue {
            let mu = [1.0, 0.8, 1.25];
            assert_near(exact(&answer, "area.A.served_by.1"), direct + shares[7] * mu[0] / mu.iter().sum::<f64>());
            assert_near(exact(&answer, "area.A.served_by.2"), second + shares[7] * mu[1] / mu.iter().sum::<f64>());
        } else {
            assert_near(exact(&answer, "area.A.loss"), shares[7]);
            assert_near(exact(&answer, "area.A.served_by.1"), direct / (1.0 - shares[7]));
            assert_near(exact(&answer, "area.A.served_by.2"), second / (1.0 - shares[7]));
        }
        assert_holds(
            &answer,
            &["area.A.served_by.1", "area.B.served_by.3", "area.C.served_by.2", "area.B.dispatches.2"],
        );
        assert_holds(
            &answer,
            &["server.1.utilisation", "server.2.utilisation", "server.3.utilisation", "server.2.share"],
        );
    }
}

#[test]
fn an_area_that_only_some_may_serve_loses_more() {
    let answer = run(
        6_000.0,
        "waiting = \"none\"\n[[server]]\nid = \"x\"\nservice = { mean = 1.0 }\n[[server]]\nid = \"y\"\nservice = { mean = 1.0 }\n\
         [[area]]\nid = \"A\"\nrate = 1.0\nprefer = [\"x\"]\n[[area]]\nid = \"B\"\nrate = 1.0\nprefer = [\"y\", \"x\"]",
    );
    // A is lost whenever x is busy, B only when both are.
    let shares = |set: &str| exact(&answer, &format!("set.{set}"));
    assert_near(exact(&answer, "area.A.loss"), shares("10") + shares("11"));
    assert_near(exact(&answer, "area.B.loss"), shares("11"));
    assert_holds(&answer, &["area.A.loss", "area.B.loss", "system.loss", "server.x.utilisation"]);
}

#[test]
fn travel_is_within_the_service_or_before_it() {
    let model = |travel: &str| {
        format!(
            "waiting = \"none\"\ntravel_time = \"{travel}\"\n[[server]]\nid = \"s\"\nservice = {{ mean = 1.0 }}\n[[area]]\nid = \"a\"\n\
             rate = 1.0\ntravel = {{ s = 0.5 }}"
        )
    };
    let within = run(4_000.0, &model("within-service"));
    assert_near(exact(&within, "system.loss"), 0.5);
    assert_holds(&within, &["system.loss", "area.a.travel_mean", "area.a.response_mean"]);
    let before = run(4_000.0, &model("before-service")).figure("system.loss").expect("told").mean;
    assert!((before - 0.6).abs() < 0.01, "the server is busy for 1.5: {before}");
}

#[test]
fn one_long_run_has_intervals_from_its_batches() {
    let text = "name = \"x\"\nreplications = 1\nwarm_up = 100\nlength = 40000\nwaiting = \"infinite\"\n[[area]]\nid = \"a\"\nrate = 2\n\
                [[server]]\nid = \"s\"\ncount = 3\nservice = { mean = 1 }";
    let answer = answer(text).expect("a sound model");
    assert_eq!((answer.batches, answer.replications), (Some(20), 1));
    assert_holds(&answer, &["system.wait_mean", "system.wait_probability"]);
}

#[test]
fn the_same_seed_gives_the_same_bytes_on_any_number_of_threads() {
    let (file, plan) = QueueFile::parse("example", EXAMPLE).expect("the example");
    let mut short = plan;
    short.length = 2_000.0;
    let run = |plan, threads| {
        serde_json::to_string(&answer::answered(&file, plan, threads, &|| ()).expect("an answer")).expect("JSON")
    };
    let once = run(&short, 1);
    assert_eq!(once, run(&short, 3));
    let mut other = short.clone();
    other.seed = 2;
    assert_ne!(once, run(&other, 1));
}

#[test]
fn the_example_is_as_the_schema_says() {
    let example: serde_json::Value = toml::from_str(EXAMPLE).expect("TOML");
    let schema: serde_json::Value = serde_json::from_str(SCHEMA).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let problems: Vec<String> = validator.iter_errors(&example).map(|error| error.to_string()).collect();
    assert!(problems.is_empty(), "{problems:?}");
    QueueFile::parse("as JSON", &example.to_string()).expect("the same in JSON");
}

#[test]
fn what_is_wrong_is_named_with_line_and_path() {
    let wrong = |from: &str, to: &str| {
        assert!(EXAMPLE.contains(from), "{from}");
        QueueFile::parse("model.toml", &EXAMPLE.replace(from, to)).map(|_| ()).expect_err(to).to_string()
    };
    let cases = [
        ("rate = 0.03", "rate = -1.0", "model.toml:38: area[1].rate: expected calls per unit of time"),
        ("cv = 0.4 }", "cv = -0.4 }", "area[0].travel.spare: the coefficient of variation must be above 0"),
        ("prefer = [\"south\"", "prefer = [\"sud\"", "area[1].prefer[0]: no server has the id \"sud\""),
        ("id = \"downtown\"", "id = \"uptown\"", "area[1].id: \"uptown\" is used twice"),
        ("places = 20", "pleces = 20", "unknown field `pleces`"),
        ("count = 1 ", "count = \"one\"", "model.toml:25: server[2].count: "),
        (
            "service = { rate = 0.025,",
            "service = { mean = 1.0, rate = 0.025,",
            "server[1].service: expected a mean or a rate",
        ),
        ("travel_time = \"within-service\"", "", "travel_time: needed where an area has travel"),
        ("waiting = \"limited\"", "waiting = \"infinite\"", "places: goes with waiting"),
        ("length = 100000.0", "length = 1e15", "length: "),
    ];
    for (from, to, expected) in cases {
        let said = wrong(from, to);
        assert!(said.contains(expected), "{said}\nexpected: {expected}");
    }
    let json =
        QueueFile::parse("m.json", r#"{"name":"x","waiting":"none","area":[{"id":"a","rate":"1"}],"server":[]}"#)
            .map(|_| ());
    assert!(json.expect_err("a text").to_string().starts_with("m.json: area[0].rate: invalid type"));
    let endless = "name = \"x\"\nwaiting = \"infinite\"\n[[area]]\nid = \"a\"\nrate = 3\n[[server]]\nid = \"s\"\ncount = 2\nservice = { mean = 1 }";
    let said = QueueFile::parse("x", endless).map(|_| ()).expect_err("unstable");
    assert!(matches!(said, QueueFileError::Field { line: Some(2), .. }), "{said}");
    assert!(
        answer(&format!(
            "{}\n[[expect]]\nfigure = \"system.what\"\nvalue = 1",
            endless.replace("count = 2", "count = 4")
        ))
        .is_err_and(|said| said.contains("system.what"))
    );
}

#[test]
fn a_published_figure_is_checked() {
    let model = "waiting = \"none\"\n[[area]]\nid = \"a\"\nrate = 1.0\n[[server]]\nid = \"s\"\nservice = { mean = 1.0 }\n[[expect]]\n\
                 figure = \"system.loss\"\nvalue = ";
    assert!(run(4_000.0, &format!("{model}0.5")).ok);
    assert!(!run(4_000.0, &format!("{model}0.6")).ok);
    assert!(run(4_000.0, &format!("{model}0.6\ntolerance = 0.2")).ok);
}

//! Every operation of the served OpenAPI document, asked from outside with requests made from it: as it says, and broken.
//!
//! `API_FUZZ_SEED` and `API_FUZZ_ROUNDS` (requests per operation and visitor) make another or a longer run; the seed is printed.

use ambulance_core::Command as Press;
use dispatch_core::{PrincipalKind, Role};
use dispatch_server::admin::{NewPerson, add_desk, add_person};
use hospital_selection::HospitalTable;
use http_body_util::Full;
use hyper::Request;
use hyper::body::Bytes;
use model::{Complaint, HospitalId};
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use system_tests::openapi::{Described, Made, Maker, complaints, read};
use system_tests::web::{Visited, Visitor};
use system_tests::{Installation, observed};

const SEED: u64 = 20_261_129;
const ROUNDS: u64 = 6;
/// A body up to this length is heard out, also when it is refused.
const HEARD_OUT: usize = 8 * 1024;
/// Operations that end the session: asked last.
const OUT: [&str; 2] = ["/sign-out", "/api/v1/sign-out"];

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().map_or(otherwise, |text| text.parse().unwrap())
}

/// Somebody who asks.
struct Asker {
    name: &'static str,
    token: Option<String>,
    roles: Option<Vec<String>>,
    csrf: String,
}

fn request(visitor: &Visitor, method: &str, made: &Made, token: Option<&str>) -> Request<Full<Bytes>> {
    let mut request = Request::builder().method(method).uri(&made.target).header("host", visitor.host());
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let body = match &made.body {
        Some((media, bytes)) => {
            request = request.header("content-type", media);
            Bytes::from(bytes.clone())
        }
        None => Bytes::new(),
    };
    request.body(Full::new(body)).unwrap()
}

async fn plain(visitor: &Visitor, method: &str, path: &str, token: Option<&str>, body: Option<Value>) -> Visited {
    let body = body.map(|body| ("application/json".to_owned(), body.to_string().into_bytes()));
    visitor.send(request(visitor, method, &Made { target: path.into(), body, broken: false }, token)).await.unwrap()
}

async fn signed_in(visitor: &Visitor, name: &'static str, login: &str, passcode: &str) -> Asker {
    let given = json!({ "login": login, "passcode": passcode });
    let answer = plain(visitor, "POST", "/api/v1/sign-in", None, Some(given)).await;
    let answer: Value = serde_json::from_slice(&answer.body).unwrap();
    let token = answer["token"].as_str().unwrap_or_else(|| panic!("{name}: {answer}")).to_owned();
    let roles = answer["roles"].as_array().unwrap().iter().map(|role| role.as_str().unwrap().to_owned()).collect();
    // The proof is where a person finds it: in a form of a page.
    let page = plain(visitor, "GET", "/password", Some(&token), None).await.text();
    let csrf = page.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    Asker { name, token: Some(token), roles: Some(roles), csrf }
}

/// People of every kind, and nobody.
async fn askers(installation: &Installation, visitor: &Visitor, hospital: HospitalId) -> Vec<Asker> {
    let department = installation.brigades[0].name;
    let mut all = vec![Asker { name: "nobody", token: None, roles: None, csrf: String::new() }];
    for (login, kind, role) in [
        ("fuzz-dispatcher", PrincipalKind::Dispatcher, Role::Dispatcher),
        ("fuzz-supervisor", PrincipalKind::Dispatcher, Role::DispatchSupervisor),
        ("fuzz-admin", PrincipalKind::Dispatcher, Role::DepartmentAdmin),
        ("fuzz-review", PrincipalKind::Dispatcher, Role::MedicalReview),
        ("fuzz-machine", PrincipalKind::Machine, Role::Machine),
    ] {
        let person = NewPerson { department, login, name: "訓練 花子", kind, roles: [role].into() };
        let made = add_person(&installation.data, person).await.unwrap();
        all.push(signed_in(visitor, login, login, &made.passcode).await);
    }
    let desk = add_desk(&installation.data, &hospital.to_string(), "fuzz-desk", None).await.unwrap();
    all.push(signed_in(visitor, "fuzz-desk", "fuzz-desk", &desk.passcode).await);
    all
}

/// Why an answer is not as promised, with what makes it again.
async fn ask(
    visitor: &Visitor,
    described: &Described,
    asker: &Asker,
    maker: &mut Maker<'_, ChaCha8Rng>,
) -> Vec<String> {
    let made = maker.make(described);
    let found = match visitor.send(request(visitor, &described.method, &made, asker.token.as_deref())).await {
        Ok(got) => complaints(described, &made, asker.roles.as_deref(), &got),
        Err(_) if made.body.as_ref().is_some_and(|(_, bytes)| bytes.len() > HEARD_OUT) => Vec::new(),
        Err(error) => vec![format!("no answer: {error}")],
    };
    let sent = made.body.as_ref().map(|(media, bytes)| format!(" {media} {}", String::from_utf8_lossy(bytes)));
    let sent: String = sent.unwrap_or_default().chars().take(300).collect();
    found
        .into_iter()
        .map(|what| format!("{} {} as {}{sent}\n    {what}", described.method, made.target, asker.name))
        .collect()
}

/// An incident with a unit on it and a hospital that was asked: there is something to find.
async fn world(installation: &mut Installation, hospital: HospitalId) -> BTreeMap<&'static str, String> {
    let (tablet, enrolled) = installation.connected(0, "立川訓練1").await;
    let case = installation.open_incident(0, enrolled.unit).await;
    tablet.assigned(case).await;
    tablet.press(observed(Complaint::HeadInjury)).await;
    tablet.press(Press::Enquire { hospitals: vec![hospital], by_telephone: false, override_reason: None }).await;
    tablet.delivered().await;
    let view = installation.timeline(0, case).await.view;
    let enquiry = view.enquiries.keys().next().unwrap().to_string();
    let document = format!("{case}.json");
    [("case", case.to_string()), ("document", document), ("unit", enrolled.unit.to_string()), ("enquiry", enquiry)]
        .into()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_answers_as_its_document_says() {
    let (seed, rounds) = (setting("API_FUZZ_SEED", SEED), setting("API_FUZZ_ROUNDS", ROUNDS));
    println!("API_FUZZ_SEED={seed} API_FUZZ_ROUNDS={rounds}");
    let mut installation = Installation::start().await;
    let hospital = HospitalTable::embedded().hospitals()[0].id;
    let known = world(&mut installation, hospital).await;
    let visitor = installation.visitor();
    let document = plain(&visitor, "GET", "/api/v1/openapi.json", None, None).await;
    let document: Value = serde_json::from_slice(&document.body).unwrap();
    let operations = read(&document);
    let askers = askers(&installation, &visitor, hospital).await;
    let (mut wrong, mut asked) = (BTreeSet::new(), 0_u64);
    let ends = |described: &&Described| OUT.contains(&described.path.as_str());
    for described in operations.iter().filter(|d| !ends(d)).chain(operations.iter().filter(ends)) {
        for asker in &askers {
            let random = ChaCha8Rng::seed_from_u64(seed.wrapping_add(asked));
            let mut maker = Maker { random, document: &document, known: known.clone(), csrf: asker.csrf.clone() };
            for _ in 0..rounds {
                wrong.extend(ask(&visitor, described, asker, &mut maker).await);
                asked += 1;
            }
        }
    }
    installation.stop().await;
    println!("{} operations, {asked} requests, {} complaints", operations.len(), wrong.len());
    let shown: Vec<String> = wrong.into_iter().take(40).collect();
    assert!(shown.is_empty(), "API_FUZZ_SEED={seed} API_FUZZ_ROUNDS={rounds}:\n{}", shown.join("\n"));
}

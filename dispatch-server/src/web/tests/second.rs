//! The second factor on a live server: at a terminal's registration and once a day, never while somebody works.

use super::client::Answer;
use super::world::{PASSCODE, PERSON, World, app_secret, csrf, hospitals};
use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use dispatch_core::limits::{RECOVERY_MINUTES, SECOND_LOCK_MINUTES, SECOND_TRIES, UNREGISTERED_MINUTES};
use dispatch_core::store::Directory;
use sha2::{Digest, Sha256};

const FORM: &str = "application/x-www-form-urlencoded";

/// A browser: what its two cookies hold.
#[derive(Clone, Default)]
struct Browser {
    token: String,
    terminal: Option<String>,
}

fn cookie(answer: &Answer, name: &str) -> Option<String> {
    let pair = answer.header("set-cookie").strip_prefix(name)?.strip_prefix('=')?;
    pair.split(';').next().map(str::to_owned)
}

impl Browser {
    async fn send(&self, world: &World, method: Method, path: &str, body: String) -> Answer {
        let mut request = world.request(method, path).header(header::CONTENT_TYPE, FORM);
        if let Some(terminal) = &self.terminal {
            request = request.header(header::COOKIE, format!("__Host-terminal={terminal}"));
        }
        if !self.token.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        }
        world.send(request.body(Body::from(body)).expect("a request")).await
    }
    async fn get(&self, world: &World, path: &str) -> Answer {
        self.send(world, Method::GET, path, String::new()).await
    }
    async fn form(&self, world: &World, path: &str, fields: &str) -> Answer {
        self.send(world, Method::POST, path, format!("csrf={}&{fields}", csrf(&self.token))).await
    }
    /// The passcode; where it leads.
    async fn sign_in(&mut self, world: &World, login: &str) -> String {
        self.token.clear();
        let fields = format!("login={login}&passcode={}", PASSCODE.replace(' ', "+"));
        let answer = self.send(world, Method::POST, "/sign-in", fields).await;
        self.token = cookie(&answer, "__Host-session").unwrap_or_else(|| panic!("{login}: {}", answer.body));
        answer.header("location").to_owned()
    }
    /// The code of the app, with what else is said.
    async fn second(&mut self, world: &World, more: &str) -> Answer {
        let answer = self.form(world, "/second", &format!("code={}{more}", world.code())).await;
        self.terminal = cookie(&answer, "__Host-terminal").or_else(|| self.terminal.take());
        answer
    }
}

/// A terminal that this login registered, signed in.
async fn registered(world: &World, login: &str) -> Browser {
    let mut browser = Browser::default();
    assert_eq!(browser.sign_in(world, login).await, "/second");
    let answer = browser.second(world, "&keep=1&name=%E5%8F%97%E4%BB%98").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert!(answer.header("set-cookie").contains("; HttpOnly; SameSite=Strict; Max-Age="), "a long-lived cookie");
    browser
}

#[tokio::test]
async fn a_registered_terminal_is_asked_once_a_day_and_stays_signed_in_for_the_shift() {
    let world = World::start(false).await;
    let mut first = Browser::default();
    assert_eq!(first.sign_in(&world, "dispatcher").await, "/second");
    assert_eq!(first.get(&world, "/").await.header("location"), "/second", "pages lead to the code");
    let program = first.get(&world, "/api/v1/cases").await;
    assert_eq!(program.json()["code"], "second_factor_needed");
    assert_eq!(first.get(&world, "/password").await.header("location"), "/second", "nor is the passcode changed");
    let page = first.get(&world, "/second").await.body;
    assert!(page.contains("手順 2 / 2") && !page.contains("otpauth") && page.contains("この端末を登録する"), "{page}");
    let wrong = first.form(&world, "/second", "code=000000").await;
    assert!(wrong.status == StatusCode::UNAUTHORIZED && wrong.body.contains("もう使われています"), "{}", wrong.body);

    let mut desk = registered(&world, "dispatcher").await;
    assert_eq!(desk.get(&world, "/").await.status, StatusCode::OK);
    let replayed = first.second(&world, "").await;
    assert_eq!(replayed.status, StatusCode::UNAUTHORIZED, "the same code again");
    world.clock.advance_minutes(11 * 60);
    assert_eq!(desk.get(&world, "/").await.status, StatusCode::OK, "signed in for the shift");
    assert_eq!(desk.sign_in(&world, "dispatcher").await, "/", "asked once a day");
    assert_eq!(desk.sign_in(&world, "supervisor").await, "/second", "each person once");
    let mut stranger = Browser::default();
    assert_eq!(stranger.sign_in(&world, "dispatcher").await, "/second", "on another terminal again");
    world.clock.advance_minutes(24 * 60);
    assert_eq!(desk.sign_in(&world, "dispatcher").await, "/second", "and the next day");
    assert_eq!(desk.second(&world, "").await.header("location"), "/");
    assert_eq!(desk.sign_in(&world, "desk-a").await, "/second", "another place's terminal is none");
}

#[tokio::test]
async fn a_terminal_that_is_not_registered_is_signed_in_for_an_hour() {
    let world = World::start(false).await;
    let mut browser = Browser::default();
    browser.sign_in(&world, "dispatcher").await;
    assert_eq!(browser.second(&world, "").await.header("location"), "/");
    assert!(browser.terminal.is_none());
    world.clock.advance_minutes(UNREGISTERED_MINUTES - 1);
    assert_eq!(browser.get(&world, "/").await.status, StatusCode::OK);
    world.clock.advance_minutes(1);
    assert_eq!(browser.get(&world, "/").await.header("location"), "/sign-in");
}

#[tokio::test]
async fn the_first_sign_in_sets_the_app_and_nobody_sets_another_one_with_the_passcode_alone() {
    let world = World::start(false).await;
    let known = world.state.store.account_by_login("dispatcher").await.expect("read").expect("an account");
    let new = dispatch_core::store::Account { id: model::CrewId::from_bytes([120; 16]), login: "new".into(), ..known };
    world.state.store.add_account(new.clone()).await.expect("added");
    let mut browser = Browser::default();
    assert_eq!(browser.sign_in(&world, "new").await, "/second");
    let hash = Sha256::digest(browser.token.as_bytes()).into();
    let session = world.state.store.session_by_token(hash).await.expect("read").expect("a session");
    let secret = world.state.factors.pending(session.id, new.id);
    let page = browser.get(&world, "/second").await.body;
    assert!(
        page.contains("認証アプリの登録") && page.contains("<svg") && page.contains(secret.base32().as_str()),
        "{page}"
    );
    let wrong = browser.form(&world, "/second/app", "code=000000").await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    let code = secret.code(world.state.now());
    let set = browser.form(&world, "/second/app", &format!("code={}", code.as_str())).await;
    assert_eq!((set.status, set.header("location")), (StatusCode::SEE_OTHER, "/"));
    assert_eq!(browser.get(&world, "/").await.status, StatusCode::OK);

    let mut thief = Browser::default();
    assert_eq!(thief.sign_in(&world, "dispatcher").await, "/second");
    let hash = Sha256::digest(thief.token.as_bytes()).into();
    let session = world.state.store.session_by_token(hash).await.expect("read").expect("a session");
    let own = world.state.factors.pending(session.id, session.account).code(world.state.now());
    let refused = thief.form(&world, "/second/app", &format!("code={}", own.as_str())).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
    assert_eq!(thief.get(&world, "/").await.header("location"), "/second");
}

#[tokio::test]
async fn wrong_codes_lock_and_a_supervisor_lets_in_once() {
    let world = World::start(false).await;
    let admin = registered(&world, "admin").await;
    world.clock.advance_minutes(1);
    let mut lost = Browser::default();
    lost.sign_in(&world, "dispatcher").await;
    let issue = |login: &'static str| admin.form(&world, "/admin/recovery", login);
    let page = issue("login=dispatcher").await;
    assert_eq!(page.status, StatusCode::OK);
    let code = page.body.split("一時コード <b class=\"big n\">").nth(1).and_then(|rest| rest.split('<').next());
    let code = format!("recovery={}", code.unwrap_or_else(|| panic!("{}", page.body)));
    let others = lost.form(&world, "/second", "recovery=aaaaaaaaaaaa").await;
    assert_eq!(others.status, StatusCode::UNAUTHORIZED);
    assert_eq!(lost.form(&world, "/second", &code).await.header("location"), "/");
    let mut again = Browser::default();
    again.sign_in(&world, "dispatcher").await;
    assert_eq!(again.form(&world, "/second", &code).await.status, StatusCode::UNAUTHORIZED, "once");
    for _ in 1..SECOND_TRIES {
        assert_eq!(again.form(&world, "/second", "code=000000").await.status, StatusCode::UNAUTHORIZED);
    }
    let locked = again.second(&world, "").await;
    assert!(locked.status == StatusCode::TOO_MANY_REQUESTS && locked.body.contains("15分待つ"), "also the right one");
    assert_eq!(locked.header("retry-after"), "900");
    world.clock.advance_minutes(SECOND_LOCK_MINUTES);
    assert_eq!(again.second(&world, "").await.header("location"), "/");
    let late = issue("login=supervisor").await;
    assert_eq!(late.status, StatusCode::OK);
    world.clock.advance_minutes(RECOVERY_MINUTES);
    for (login, status) in [("login=admin", StatusCode::FORBIDDEN), ("login=desk-a", StatusCode::NOT_FOUND)] {
        assert_eq!(issue(login).await.status, status, "{login}: one's own, and another place's");
    }
}

#[tokio::test]
async fn a_revoked_terminal_is_asked_again() {
    let world = World::start(false).await;
    let admin = registered(&world, "admin").await;
    world.clock.advance_minutes(1);
    let mut desk = registered(&world, "dispatcher").await;
    assert_eq!(desk.sign_in(&world, "dispatcher").await, "/");
    let page = admin.get(&world, "/admin").await.body;
    let path = page.split("action=\"/admin/terminals/").nth(2).and_then(|rest| rest.split('"').next());
    let path = format!("/admin/terminals/{}", path.unwrap_or_else(|| panic!("two are listed: {page}")));
    assert_eq!(admin.form(&world, &path, "").await.status, StatusCode::SEE_OTHER);
    let first = page.split("action=\"/admin/terminals/").nth(1).and_then(|rest| rest.split('"').next());
    let first = format!("/admin/terminals/{}", first.expect("the other one"));
    assert_eq!(admin.form(&world, &first, "").await.status, StatusCode::SEE_OTHER);
    assert_eq!(desk.sign_in(&world, "dispatcher").await, "/second", "both are revoked");
    assert!(!desk.get(&world, "/sign-in").await.body.contains("登録済み"));
}

#[tokio::test]
async fn a_registered_terminal_rings_while_nobody_is_signed_in_and_tells_nothing_of_the_patient() {
    let world = World::training().await;
    world.set_apps().await;
    let mut desk = registered(&world, "desk-a").await;
    assert_eq!(desk.form(&world, "/sign-out", "").await.status, StatusCode::SEE_OTHER);
    desk.token.clear();
    let ring = |browser: Browser| {
        let world = &world;
        async move { browser.get(world, "/api/v1/terminal/ring").await }
    };
    assert_eq!(ring(desk.clone()).await.body, r#"{"registered":true,"ringing":0,"until":null}"#);
    let (_, enquiries) = world.enquire(40, &hospitals()).await;
    let rings = ring(desk.clone()).await;
    assert_eq!((rings.json()["ringing"].as_u64(), rings.json()["until"].is_i64()), (Some(1), true), "{}", rings.body);
    assert_eq!(rings.json().as_object().map(serde_json::Map::len), Some(3), "nothing else");
    let nobody = ring(Browser::default()).await;
    assert_eq!(nobody.json()["registered"], false);
    assert_eq!(nobody.json()["ringing"], 0);
    let page = desk.get(&world, "/sign-in").await.body;
    assert!(page.contains("受付") && page.contains("data-ring") && !page.contains(PERSON), "{page}");
    assert!(!Browser::default().get(&world, "/sign-in").await.body.contains("data-ring"));

    // Answering asks for nothing more.
    world.clock.advance_minutes(1);
    assert_eq!(desk.sign_in(&world, "desk-a").await, "/desk");
    let path = format!("/api/v1/desk/enquiries/{}/answer", enquiries.first().expect("one"));
    assert_eq!(world.post(&path, &desk.token, r#"{"accepted":{}}"#).await.status, StatusCode::OK);
    assert_eq!(ring(desk.clone()).await.json()["ringing"], 0);
}

#[tokio::test]
async fn a_program_shows_the_code_with_the_passcode() {
    let world = World::start(false).await;
    let without = serde_json::json!({ "login": "desk-a", "passcode": PASSCODE });
    let refused = world.try_program(&without).await;
    assert_eq!(
        (refused.status, refused.json()["code"].as_str()),
        (StatusCode::FORBIDDEN, Some("second_factor_needed"))
    );
    let wrong = serde_json::json!({ "login": "desk-a", "passcode": PASSCODE, "code": "000000" });
    assert_eq!(world.try_program(&wrong).await.json()["code"], "second_factor_wrong");
    let code = app_secret().code(world.state.now());
    let right = serde_json::json!({ "login": "desk-a", "passcode": PASSCODE, "code": code.as_str() });
    assert_eq!(world.try_program(&right).await.status, StatusCode::OK);
    assert_eq!(world.try_program(&right).await.status, StatusCode::UNAUTHORIZED, "used");
    let training = World::training().await;
    assert_eq!(training.try_program(&without).await.status, StatusCode::OK, "there nobody has set an app");
}

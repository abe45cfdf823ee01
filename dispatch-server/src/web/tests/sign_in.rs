use super::world::{PASSCODE, World, csrf};
use crate::web::limits::WRONG_PER_ADDRESS;
use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use dispatch_core::limits::WRONG_PASSCODES;
use dispatch_core::store::Directory;

fn form(login: &str) -> Body {
    Body::from(format!("login={login}&passcode={}", PASSCODE.replace(' ', "+")))
}

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn the_page_signs_in_with_a_cookie_that_scripts_and_strangers_cannot_use() {
    let world = World::training().await;
    let request = world
        .request(Method::POST, "/sign-in")
        .header(header::CONTENT_TYPE, FORM)
        .header(header::ORIGIN, world.origin())
        .body(form("dispatcher"))
        .expect("a request");
    let answer = world.send(request).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/"));
    let cookie = answer.header("set-cookie").to_owned();
    for part in ["__Host-session=", "; Path=/", "; Secure", "; HttpOnly", "; SameSite=Strict"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let pair = cookie.split(';').next().expect("a pair").to_owned();
    let page = world.request(Method::GET, "/").header(header::COOKIE, &pair).body(Body::empty()).expect("a request");
    let page = world.send(page).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("訓練 dispatcher") && page.body.contains("第1消防本部"));

    // The same cookie from another site, from nowhere, and with a wrong proof in the form.
    let token = pair.trim_start_matches("__Host-session=").to_owned();
    let out = |origin: Option<String>, proof: String| {
        let mut request =
            world.request(Method::POST, "/sign-out").header(header::COOKIE, &pair).header(header::CONTENT_TYPE, FORM);
        if let Some(origin) = origin {
            request = request.header(header::ORIGIN, origin);
        }
        world.send(request.body(Body::from(format!("csrf={proof}"))).expect("a request"))
    };
    for origin in [Some("https://elsewhere.example".to_owned()), None] {
        let refused = out(origin, csrf(&token)).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(refused.body.contains("cross_site"));
    }
    let refused = out(Some(world.origin()), csrf("another")).await;
    assert!(refused.status == StatusCode::FORBIDDEN && refused.body.contains("form_expired"));
    let left = out(Some(world.origin()), csrf(&token)).await;
    assert_eq!((left.status, left.header("location")), (StatusCode::SEE_OTHER, "/sign-in"));
    let page = world.request(Method::GET, "/").header(header::COOKIE, &pair).body(Body::empty()).expect("a request");
    assert_eq!(world.send(page).await.header("location"), "/sign-in");
}

#[tokio::test]
async fn wrong_passcodes_lock_the_account_and_then_the_address() {
    let world = World::training().await;
    for _ in 0..WRONG_PASSCODES {
        assert_eq!(world.try_sign_in("desk-a", "wrong").await.status, StatusCode::UNAUTHORIZED);
    }
    let locked = world.try_sign_in("desk-a", PASSCODE).await;
    assert_eq!((locked.status, locked.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "300"));
    assert_eq!(locked.json().get("code").and_then(|c| c.as_str()), Some("locked"));
    let limit = u32::try_from(WRONG_PER_ADDRESS).expect("small");
    for number in WRONG_PASSCODES + 1..limit {
        let answer = world.try_sign_in(&format!("nobody-{number}"), "wrong").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "try {number}");
    }
    let stopped = world.try_sign_in("dispatcher", PASSCODE).await;
    assert_eq!(stopped.json().get("code").and_then(|c| c.as_str()), Some("too_many_tries"));
    world.clock.advance_minutes(6);
    assert_eq!(world.try_sign_in("desk-a", PASSCODE).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_page_says_that_the_passcode_is_wrong_above_its_form() {
    let world = World::training().await;
    let request = world
        .request(Method::POST, "/sign-in")
        .header(header::CONTENT_TYPE, FORM)
        .body(Body::from("login=dispatcher&passcode=wrong"))
        .expect("a request");
    let answer = world.send(request).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(
        answer.body.contains("パスコードが違います。") && answer.body.contains(r#"name="passcode""#),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn a_crew_and_a_stranger_get_no_session() {
    let world = World::training().await;
    assert_eq!(world.try_sign_in("crew", PASSCODE).await.status, StatusCode::FORBIDDEN);
    let nobody = world.try_sign_in("nobody", PASSCODE).await;
    let wrong = world.try_sign_in("dispatcher", "wrong").await;
    assert_eq!((nobody.status, &nobody.body), (wrong.status, &wrong.body));
    assert_eq!(world.get("/api/v1/cases", &"0".repeat(64)).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_live_server_insists_on_changing_a_passcode_that_somebody_else_made() {
    let world = World::start(false).await;
    let account = world.state.store.account_by_login("dispatcher").await.expect("read").expect("an account");
    world.state.store.set_secret(account.id, account.secret, true).await.expect("set");
    let token = world.token("dispatcher").await;
    let refused = world.get("/api/v1/cases", &token).await;
    assert_eq!(refused.json().get("code").and_then(|c| c.as_str()), Some("passcode_one_time"));
    assert!(world.get("/", &token).await.body.contains("パスコードの変更"));
    let change = |old: &str, new: &str| {
        let request = world.request(Method::POST, "/password").header(header::CONTENT_TYPE, FORM);
        let request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        let fields = format!("csrf={}&old={}&new={new}", csrf(&token), old.replace(' ', "+"));
        world.send(request.body(Body::from(fields)).expect("a request"))
    };
    assert_eq!(change(PASSCODE, "short").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let elsewhere = world.token("dispatcher").await;
    assert_eq!(change("wrong", "a-new-and-long-one").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(change(PASSCODE, "a-new-and-long-one").await.status, StatusCode::SEE_OTHER);
    assert_eq!(world.get("/", &token).await.header("location"), "/sign-in", "the session has ended");
    assert_eq!(world.get("/", &elsewhere).await.header("location"), "/sign-in", "and so has every other one");
    assert_eq!(world.try_sign_in("dispatcher", PASSCODE).await.status, StatusCode::UNAUTHORIZED);
    let again = world.try_sign_in("dispatcher", "a-new-and-long-one").await.json();
    let token = again.get("token").and_then(|t| t.as_str()).expect("a token");
    assert_eq!(world.get("/api/v1/cases", token).await.status, StatusCode::OK);
}

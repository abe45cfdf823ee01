use super::client::Answer;
use super::world::{HERE, World, csrf};
use axum::body::Body;
use axum::http::{Method, StatusCode, header};

async fn press(world: &World, token: &str, path: &str, fields: &str) -> Answer {
    let request = world
        .request(Method::POST, path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    world.send(request.body(Body::from(format!("csrf={}{fields}", csrf(token)))).expect("a request")).await
}

/// The four digits that the page shows.
fn digits(page: &str) -> Option<&str> {
    let (_, rest) = page.split_once("<b class=\"big n\">")?;
    rest.split_once("</b>").map(|(digits, _)| digits)
}

#[tokio::test]
async fn the_administrator_requires_and_issues_staff_passwords_and_sees_each_once() {
    let world = World::training().await;
    let admin = world.token("admin").await;
    let before = world.get("/admin", &admin).await.body;
    assert!(before.contains("必須にする") && before.contains("隊員1"), "{before}");
    let odd = press(&world, &admin, "/admin/staff-password", "&required=2").await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
    let set = press(&world, &admin, "/admin/staff-password", "&required=1").await;
    assert_eq!(set.status, StatusCode::SEE_OTHER);
    assert!(world.get("/admin", &admin).await.body.contains("目視の照会に必須"));

    let path = format!("/admin/staff-password/{}", HERE.crew());
    let first = press(&world, &admin, &path, "").await;
    assert_eq!((first.status, first.header("cache-control")), (StatusCode::OK, "no-store"));
    let shown = digits(&first.body).unwrap_or_else(|| panic!("no digits: {}", first.body)).to_owned();
    assert!(shown.len() == 4 && shown.bytes().all(|byte| byte.is_ascii_digit()), "{shown}");
    assert_eq!(digits(&world.get("/admin", &admin).await.body), None, "shown once");
    // Operations installs and sees no people of a department.
    let operations = world.token("operations").await;
    assert!(!world.get("/admin", &operations).await.body.contains("目視確認用"));
}

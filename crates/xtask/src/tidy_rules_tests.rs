//! Each limit and banned word with a text that breaks it and one that only looks alike.

use super::*;

fn found(path: &str, text: &str) -> Vec<String> {
    let own = ["/checkout/place".to_owned()];
    check(path, text, &own).into_iter().map(|finding| format!("{}: {}", finding.line, finding.what)).collect()
}

#[track_caller]
fn finds(path: &str, text: &str, wanted: &str) {
    let all = found(path, text);
    assert!(all.iter().any(|finding| finding.starts_with(wanted)), "not found: {wanted} in {all:?}");
}

#[track_caller]
fn clean(path: &str, text: &str) {
    assert_eq!(found(path, text), Vec::<String>::new());
}

#[test]
fn long_files_and_lines() {
    clean("a.rs", &"\n".repeat(FILE_LINES));
    finds("a.rs", &"\n".repeat(FILE_LINES + 1), "801: file of 801 lines");
    clean("a.rs", &format!("// {}", "あ".repeat(LINE_CHARS - 3)));
    finds("a.rs", &format!("\n// {}", "x".repeat(LINE_CHARS)), "2: line of 163 characters");
    clean("a.md", &"x".repeat(LINE_CHARS * 2));
}

#[test]
fn long_functions_by_lines_of_code() {
    let body = |lines: usize| "        work();\n".repeat(lines);
    let function = |lines| {
        format!("impl A {{\n    pub(crate) async fn long(\n        a: u8,\n    ) -> u8 {{\n{}    }}\n}}\n", body(lines))
    };
    clean("a.rs", &function(FUNCTION_LINES));
    finds("a.rs", &function(FUNCTION_LINES + 1), "2: function of 71 lines");
    let commented = format!("fn f() {{\n{}{}}}\n", "    // why\n\n".repeat(60), body(20));
    clean("a.rs", &commented);
}

#[test]
fn declarations_and_one_liners_are_short() {
    let tail = "    const A: u8 = 1;\n".repeat(FUNCTION_LINES + 10);
    clean(
        "a.rs",
        &format!("trait T {{\n    fn a(&self);\n    fn b(\n        &self,\n    ) -> u8;\n    fn c() {{}}\n{tail}}}\n"),
    );
}

#[test]
fn banned_words_and_code() {
    finds("a.md", concat!("one\n", "FIX", "ME later"), "2: banned word");
    finds("a.rs", concat!("// X", "XX"), "1: banned word");
    clean("a.md", concat!("PREFIX", "MEN and 63C", "X", "XX", "Y"));
    finds("a.rs", "fn f() {\n    todo!()\n}", "2: banned code todo!");
    finds("a.rs", "#[ignore = \"slow\"]", "1: banned code #[ignore");
    clean("a.rs", "// todo! is banned\nlet a = \"dbg!\"; my_todo!();");
}

#[test]
fn allow_needs_a_reason() {
    finds("a.rs", "\n#[allow(dead_code)]", "2: allow without a reason");
    finds("a.rs", "#![allow(\n    dead_code\n)]", "1: allow without a reason");
    clean("a.rs", "#[allow(dead_code, reason = \"used on one platform only\")]");
}

#[test]
fn paths_of_one_machine() {
    finds("a.toml", "\npath = \"/checkout/place/x\"", "2: path of one machine: /checkout/place");
    finds("a.md", concat!("see /hom", "e/someone/x"), "1: path of one machine");
    finds("a.sh", concat!("cat /tm", "p/out.json"), "1: path of one machine");
    clean("a.md", "/checkout/placement and other/checkout/place and https://example.invalid/checkout/place2");
    clean("a.rs", concat!("let socket = \"/tm", "p/.X11-unix/X9\"; let own = \"target/tm", "p/x\";"));
}

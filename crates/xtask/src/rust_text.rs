//! Rust text without its comments and literals, so that a word in an explanation is not taken for code.

/// The same text with comments, strings and characters blanked. Line numbers stay.
pub(crate) fn code_only(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    let mut word_before = false;
    while let Some(first) = rest.chars().next() {
        let skipped = literal_or_comment(rest, word_before);
        if skipped > 0 {
            let (gone, after) = rest.split_at(skipped);
            out.extend(gone.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
            rest = after;
            word_before = false;
        } else {
            out.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            word_before = first.is_alphanumeric() || first == '_';
        }
    }
    out
}

/// Length in bytes of the comment or literal that starts here; 0 when none does.
fn literal_or_comment(text: &str, word_before: bool) -> usize {
    if text.starts_with("//") {
        return text.find('\n').unwrap_or(text.len());
    }
    if text.starts_with("/*") {
        return block_comment(text);
    }
    if text.starts_with('"') {
        return string(text);
    }
    if !word_before {
        if let Some(length) = raw_string(text) {
            return length;
        }
        for prefix in ["b\"", "c\""] {
            if text.starts_with(prefix) {
                return 1 + string(text.get(1..).unwrap_or_default());
            }
        }
    }
    if text.starts_with('\'') { character(text) } else { 0 }
}

fn block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

fn raw_string(text: &str) -> Option<usize> {
    let after = ["br", "cr", "r"].iter().find_map(|prefix| text.strip_prefix(prefix))?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    let body = after.get(hashes..)?.strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = body.find(&end).map_or(body.len(), |at| at + end.len());
    Some(text.len() - body.len() + length)
}

/// A character literal, told from a lifetime by its closing quote.
fn character(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => {
            let escaped = chars.next().map_or(2, |(at, c)| at + c.len_utf8());
            text.get(escaped..).and_then(|rest| rest.find('\'')).map_or(0, |end| escaped + end + 1)
        }
        Some((at, c)) => {
            let end = at + c.len_utf8();
            if text.get(end..).is_some_and(|rest| rest.starts_with('\'')) { end + 1 } else { 0 }
        }
        None => 0,
    }
}

/// Blanks what follows the first inline test module (tests stand last). Line numbers stay, since nothing follows.
pub(crate) fn without_tests(code: &str) -> &str {
    let mut from = 0;
    while let Some(found) = code.get(from..).and_then(|rest| rest.find("#[cfg(test)]")) {
        let at = from + found;
        let after = code.get(at..).unwrap_or_default();
        let item: String = after.lines().skip(1).find(|line| !line.trim().is_empty()).unwrap_or_default().to_owned();
        if item.contains("mod ") && item.trim_end().ends_with('{') {
            return code.get(..at).unwrap_or(code);
        }
        from = at + 1;
    }
    code
}

/// Lines (from 1) in which the path `path` is named: `std::fs`, `tokio`, `Instant::now`. Understands `use std::{fs, io}`.
/// A crate's name counts only as the head of a path, so that a variable or a module of that name does not.
pub(crate) fn lines_naming(code: &str, path: &str) -> Vec<usize> {
    let mut lines: Vec<usize> =
        code.match_indices(path).filter(|(at, _)| is_path(code, *at, path)).map(|(at, _)| line_of(code, at)).collect();
    if let Some((head, tail)) = path.split_once("::") {
        let opening = format!("{head}::{{");
        for (at, _) in code.match_indices(&opening) {
            if group_members(code.get(at + opening.len()..).unwrap_or_default())
                .iter()
                .any(|member| begins_with(member, tail))
            {
                lines.push(line_of(code, at));
            }
        }
    }
    lines.sort_unstable();
    lines.dedup();
    lines
}

fn is_path(code: &str, at: usize, path: &str) -> bool {
    let (before, after) = (code.get(..at).unwrap_or_default(), code.get(at + path.len()..).unwrap_or_default());
    let starts_word = !before.chars().next_back().is_some_and(is_word);
    let ends_word = !after.chars().next().is_some_and(is_word);
    if !starts_word || !ends_word {
        return false;
    }
    if path.contains("::") {
        return true;
    }
    let whole = before.strip_suffix("::").unwrap_or(before);
    let head = whole.len() == before.len() || !whole.ends_with(|c| is_word(c) || c == '>');
    let used = before.trim_end().ends_with("use") && (after.starts_with(';') || after.starts_with(" as "));
    head && (after.starts_with("::") || used)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn begins_with(member: &str, path: &str) -> bool {
    member.strip_prefix(path).is_some_and(|rest| !rest.chars().next().is_some_and(is_word))
}

/// The members of a `use` group, up to its closing brace, nested groups left whole.
fn group_members(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut members) = (0_usize, 0, Vec::new());
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                members.push(text.get(start..at).unwrap_or_default().trim());
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    members
}

fn line_of(text: &str, at: usize) -> usize {
    1 + text.get(..at).unwrap_or_default().matches('\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_are_blanked_and_lines_stay() {
        let source = "a(); // tokio::x\n/* std::fs /* nested */ */ b('\\'', 'x', \"tokio::\\\" y\");\nc::<'a>(r#\"sqlx::\"#, br\"q\");\n";
        let code = code_only(source);
        assert_eq!(code.lines().count(), 3);
        for word in ["tokio", "std", "sqlx", "nested"] {
            assert!(!code.contains(word), "{word} left in {code}");
        }
        for kept in ["a();", "b(", "c::<'a>("] {
            assert!(code.contains(kept), "{kept} lost from {code}");
        }
    }

    #[test]
    fn paths_are_found_in_every_form_of_use() {
        assert_eq!(lines_naming("x\nstd::fs::read(p)\n", "std::fs"), [2]);
        assert_eq!(lines_naming("use std::{io, fs};", "std::fs"), [1]);
        assert_eq!(lines_naming("use std::{\n    collections::{A, B},\n    fs::File,\n};", "std::fs"), [1]);
        assert_eq!(lines_naming("use tokio;\nuse tokio::net::X;\n::tokio::spawn(y)", "tokio"), [1, 2, 3]);
        assert_eq!(lines_naming("fn f() -> Result<(), sqlx::Error>", "sqlx"), [1]);
    }

    #[test]
    fn what_only_looks_alike_is_not_found() {
        for code in [
            "let wire = 1; wire.send()",
            "crate::wire::Frame",
            "rewire::x()",
            "std::fs_extra::y()",
            "use std::{fsx, io};",
        ] {
            assert!(lines_naming(code, "wire").is_empty(), "{code}");
            assert!(lines_naming(code, "std::fs").is_empty(), "{code}");
        }
    }

    #[test]
    fn inline_tests_are_cut_and_declared_test_modules_are_not() {
        let code = "#[cfg(test)]\nmod helpers;\nfn real() {}\n#[cfg(test)]\nmod tests {\n std::fs::read(p);\n}\n";
        let kept = without_tests(code);
        assert!(kept.contains("fn real") && !kept.contains("std::fs"));
    }
}

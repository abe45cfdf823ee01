//! The limits and banned words that `tidy` looks for, each as a function from text to findings.

use crate::rust_text::code_only;

/// Longest Rust file, in lines. Beyond it, the file is split.
pub(crate) const FILE_LINES: usize = 800;
/// Longest function, in lines that hold code. Clippy checks the same number by syntax.
pub(crate) const FUNCTION_LINES: usize = 70;
/// Longest line of Rust, in characters. rustfmt breaks at 120 what it can; texts may be longer.
pub(crate) const LINE_CHARS: usize = 160;

/// Words that mean "not finished", in any text file.
const UNFINISHED: &[&str] = &[concat!("FIX", "ME"), concat!("X", "XX")];
/// Code that must not stand in Rust files. Matched outside comments and literals.
const BANNED_CODE: &[(&str, &str)] = &[
    ("todo!", "write it, or say in the docs that it is absent"),
    ("unimplemented!", "write it, or say in the docs that it is absent"),
    ("dbg!", "use tracing"),
    ("#[ignore", "a test runs or is deleted"),
];

/// One finding: the line (from 1) and what is wrong there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) line: usize,
    pub(crate) what: String,
}

fn finding(line: usize, what: impl Into<String>) -> Finding {
    Finding { line, what: what.into() }
}

/// Everything that is wrong with one file.
pub(crate) fn check(path: &str, text: &str, machine_paths: &[String]) -> Vec<Finding> {
    let mut found = unfinished(text);
    found.extend(paths_of_a_machine(text, machine_paths));
    if path.ends_with(".rs") {
        let code = code_only(text);
        found.extend(lengths(text));
        found.extend(long_functions(&code));
        found.extend(banned_code(&code));
        found.extend(bare_allows(&code));
    }
    found.sort_by_key(|finding| finding.line);
    found
}

fn lengths(text: &str) -> Vec<Finding> {
    let count = text.lines().count();
    let mut found: Vec<Finding> = numbered(text)
        .map(|(line, content)| (line, content.chars().count()))
        .filter(|(_, chars)| *chars > LINE_CHARS)
        .map(|(line, chars)| finding(line, format!("line of {chars} characters (limit {LINE_CHARS})")))
        .collect();
    if count > FILE_LINES {
        found.push(finding(count, format!("file of {count} lines (limit {FILE_LINES})")));
    }
    found
}

/// Finds functions by indentation: from the line with `fn` to the closing brace that stands as deep as it.
fn long_functions(code: &str) -> Vec<Finding> {
    let lines: Vec<&str> = code.lines().collect();
    let starts = lines.iter().enumerate().filter(|(_, line)| starts_function(line));
    let measured = starts.map(|(at, line)| (at, line, function_lines(lines.get(at..).unwrap_or_default())));
    measured
        .filter(|(_, _, length)| *length > FUNCTION_LINES)
        .map(|(at, line, length)| {
            finding(at + 1, format!("function of {length} lines (limit {FUNCTION_LINES}): {}", line.trim()))
        })
        .collect()
}

fn starts_function(line: &str) -> bool {
    let before = line.split("fn ").next().unwrap_or_default();
    let qualifiers = ["pub", "const", "async", "unsafe", "extern", "default"];
    let known = |word: &str| qualifiers.contains(&word) || word.starts_with("pub(") || word.ends_with(')');
    line.contains("fn ") && before.split_whitespace().all(known)
}

/// Lines with code between a function's braces, as clippy counts them: without the signature and the closing brace.
fn function_lines(lines: &[&str]) -> usize {
    let Some(first) = lines.first() else { return 0 };
    let depth = indentation(first);
    let as_deep = |line: &str| indentation(line) == depth && !line.trim().is_empty();
    let ended = |line: &str| as_deep(line) && line.trim_end().ends_with([';', '}']);
    let opening = lines.iter().position(|line| as_deep(line) && line.trim_end().ends_with('{'));
    let declared = lines.iter().take(opening.unwrap_or(lines.len())).any(|line| ended(line));
    let Some(opening) = opening.filter(|_| !declared) else {
        return 0;
    };
    let body = lines.iter().skip(opening + 1).take_while(|line| !(as_deep(line) && line.trim().starts_with('}')));
    body.filter(|line| !line.trim().is_empty()).count()
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn unfinished(text: &str) -> Vec<Finding> {
    let hits = |(line, content): (usize, &str)| {
        let words: Vec<&&str> = UNFINISHED.iter().filter(|word| has_word(content, word)).collect();
        words.into_iter().map(|word| finding(line, format!("banned word {word}"))).collect::<Vec<_>>()
    };
    numbered(text).flat_map(hits).collect()
}

fn banned_code(code: &str) -> Vec<Finding> {
    let hits = |(line, content): (usize, &str)| {
        let words: Vec<&(&str, &str)> = BANNED_CODE.iter().filter(|(word, _)| begins_word(content, word)).collect();
        words
            .into_iter()
            .map(|(word, instead)| finding(line, format!("banned code {word}: {instead}")))
            .collect::<Vec<_>>()
    };
    numbered(code).flat_map(hits).collect()
}

fn bare_allows(code: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    for opening in ["#[allow(", "#![allow("] {
        for (at, _) in code.match_indices(opening) {
            let attribute = code.get(at..).and_then(|rest| rest.split(']').next()).unwrap_or_default();
            if !attribute.contains("reason") {
                let line = 1 + code.get(..at).unwrap_or_default().matches('\n').count();
                found.push(finding(line, "allow without a reason: write #[expect(lint, reason = \"…\")]"));
            }
        }
    }
    found
}

/// Paths that exist on one machine only: the given ones and folders of users and of temporary files anywhere.
fn paths_of_a_machine(text: &str, machine_paths: &[String]) -> Vec<Finding> {
    let hits = |(line, content): (usize, &str)| {
        let own = machine_paths.iter().find(|path| has_path(content, path)).cloned();
        let general = general_machine_path(content).map(str::to_owned);
        own.or(general).map(|path| finding(line, format!("path of one machine: {path}")))
    };
    numbered(text).filter_map(hits).collect()
}

/// Folders in which a path below is always somebody's own, and what may follow all the same.
const PRIVATE_FOLDERS: &[(&str, &[&str])] = &[
    (concat!("/tm", "p/"), &[".X11-unix"]),
    (concat!("/roo", "t/"), &[]),
    (concat!("/hom", "e/"), &[]),
    (concat!("/User", "s/"), &[]),
];

fn general_machine_path(line: &str) -> Option<&'static str> {
    let private = |(folder, except): &&(&str, &[&str])| {
        line.match_indices(*folder).any(|(at, _)| {
            let after = line.get(at + folder.len()..).unwrap_or_default();
            let named = after.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.');
            named && starts_path(line, at) && !except.iter().any(|except| after.starts_with(except))
        })
    };
    PRIVATE_FOLDERS.iter().find(private).map(|(folder, _)| *folder)
}

fn has_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let after = line.get(at + path.len()..).unwrap_or_default().chars().next();
        starts_path(line, at) && !after.is_some_and(|c| c.is_alphanumeric() || "_-.".contains(c))
    })
}

fn starts_path(line: &str, at: usize) -> bool {
    let before = line.get(..at).unwrap_or_default().chars().next_back();
    !before.is_some_and(|c| c.is_alphanumeric() || "_-.~}/".contains(c))
}

fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let after = line.get(at + word.len()..).unwrap_or_default().chars().next();
        is_start(line, at) && !after.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

fn begins_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| is_start(line, at))
}

fn is_start(line: &str, at: usize) -> bool {
    !line.get(..at).unwrap_or_default().chars().next_back().is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(index, line)| (index + 1, line))
}

#[cfg(test)]
#[path = "tidy_rules_tests.rs"]
mod tests;

//! Several cases in one file, parted by lines such as `#--- name`.
//!
//! What stands before the first separator is the file's preamble: if it holds comments only, it
//! applies to every case (its directives are read before the case's own); if it holds anything
//! else, it is a case itself, without a name. Lines are numbered within their case.

/// One case of a file, with the text that makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The separator line as it stands in the file, or nothing for text before the first.
    pub separator: String,
    /// The name from the separator.
    pub name: String,
    /// The comment lines that open the file, shared by its cases.
    pub preamble: String,
    /// The case's own text.
    pub body: String,
}

/// Takes a file apart; joining the cases gives the same text.
pub fn split(text: &str, separator: &str) -> Vec<Case> {
    let mut cases = vec![Case::new("", "")];
    for line in text.split_inclusive('\n') {
        match line.strip_prefix(separator) {
            Some(name) => cases.push(Case::new(line, name.trim())),
            None => cases.iter_mut().last().into_iter().for_each(|case| case.body.push_str(line)),
        }
    }
    let comment = &separator[..1];
    let only_comments =
        |text: &str| text.lines().all(|line| line.is_empty() || line.starts_with(comment));
    if cases.len() > 1 && only_comments(&cases[0].body) {
        let preamble = cases.remove(0).body;
        cases.iter_mut().for_each(|case| case.preamble.clone_from(&preamble));
    }
    cases
}

/// Puts a file together again.
pub fn join(cases: &[Case]) -> String {
    let mut text = cases.first().map_or_else(String::new, |case| case.preamble.clone());
    for case in cases {
        text.push_str(&case.separator);
        text.push_str(&case.body);
    }
    text
}

impl Case {
    fn new(separator: &str, name: &str) -> Case {
        let (separator, name) = (separator.to_string(), name.to_string());
        Case { separator, name, preamble: String::new(), body: String::new() }
    }

    /// A case on its own, for tests of the formats.
    pub fn of(body: &str) -> Case {
        Case { body: body.to_string(), ..Case::new("", "") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preamble_of_comments_is_shared() {
        let text = "# run\n\n#--- one\na\n#--- two\nb\n";
        let cases = split(text, "#---");
        assert_eq!(join(&cases), text);
        let seen: Vec<_> = cases.iter().map(|c| (c.name.as_str(), c.body.as_str())).collect();
        assert_eq!(seen, [("one", "a\n"), ("two", "b\n")]);
        assert_eq!(cases[1].preamble, "# run\n\n");
    }

    #[test]
    fn code_before_the_first_separator_is_a_case() {
        let text = "x\n#--- two\nb";
        let cases = split(text, "#---");
        assert_eq!(join(&cases), text);
        let seen: Vec<_> = cases.iter().map(|c| (c.name.as_str(), c.body.as_str())).collect();
        assert_eq!(seen, [("", "x\n"), ("two", "b")]);
    }

    #[test]
    fn a_file_without_separators_is_one_case() {
        assert_eq!(split("# c\n", "#---"), [Case::of("# c\n")]);
        assert_eq!(split("", "#---").len(), 1);
    }
}

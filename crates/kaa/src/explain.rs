//! What a code or the name of a trap means, at length.

use kaa_isa::TrapKind;

/// The explanation of a diagnostic or a trap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The code, or the name of the trap.
    pub code: String,
    /// One line.
    pub title: String,
    /// The reason, in sentences; may be empty.
    pub reason: String,
    /// A program that gets it; may be empty.
    pub wrong: String,
    /// The same put right; may be empty.
    pub right: String,
}

/// Explains a code such as `E0204` or a trap such as `overflow`.
pub fn explain(code: &str) -> Option<Explanation> {
    if let Some(info) = kaa_lang::codes::lookup(code) {
        return Some(Explanation {
            code: info.code.to_owned(),
            title: info.title.to_owned(),
            reason: info.reason.to_owned(),
            wrong: info.wrong.to_owned(),
            right: info.right.to_owned(),
        });
    }
    if let Some(kind) = TrapKind::ALL.iter().find(|kind| kind.name().eq_ignore_ascii_case(code)) {
        return Some(plain(kind.name(), kind.title(), trap_reason(*kind)));
    }
    if let Some(info) = kaa_ir::codes::ALL.iter().find(|i| i.code.eq_ignore_ascii_case(code)) {
        return Some(plain(info.code, info.title, info.reason));
    }
    let (code, title, reason) =
        LINKING.iter().find(|(known, ..)| known.eq_ignore_ascii_case(code))?;
    Some(plain(code, title, reason))
}

fn plain(code: &str, title: &str, reason: &str) -> Explanation {
    Explanation {
        code: code.to_owned(),
        title: title.to_owned(),
        reason: reason.to_owned(),
        wrong: String::new(),
        right: String::new(),
    }
}

fn trap_reason(kind: TrapKind) -> &'static str {
    match crate::is_limit(kind) {
        true => {
            "A limit of this run was reached, or the host ended it. The program cannot catch that. \
             The limits are set by --fuel, --max-heap and --max-depth, or by the host's `Config`."
        }
        false => {
            "The run ends here: going on would mean to compute with a value that is wrong. The \
             trace shows the calls that led to the place, the innermost first."
        }
    }
}

/// What can go wrong between a module and the host.
const LINKING: &[(&str, &str, &str)] = &[
    (
        "L001",
        "an import that nothing provides",
        "The module imports a function that neither the runtime nor the host offers.",
    ),
    (
        "L002",
        "a capability that is not granted",
        "Files, the environment, clocks and random numbers are out of reach until the host grants \
         them by name, on the command line by `--allow`.",
    ),
    (
        "L003",
        "an import at another signature",
        "The function exists, but takes or gives other types than the import says.",
    ),
    ("L004", "constants that do not fit", "The constants of the module are larger than the heap."),
];

#[cfg(test)]
mod tests {
    use super::explain;

    #[test]
    fn codes_of_all_kinds_are_known() {
        for code in ["E0204", "e0204", "overflow", "L002", "t001", "out_of_fuel", "V013", "b004"] {
            let told = explain(code).map(|e| !e.title.is_empty() && !e.reason.is_empty());
            assert_eq!(told, Some(true), "{code}");
        }
        assert_eq!(explain("E9999"), None);
    }
}

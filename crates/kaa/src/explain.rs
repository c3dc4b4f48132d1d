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

/// Explains a code such as `E0204`, a trap such as `overflow`, or a code of another machine such
/// as `stk-17`.
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
        return Some(plain(kind.name(), kind.title(), kind.reason()));
    }
    if let Some(info) = kaa_ir::codes::ALL.iter().find(|i| i.code.eq_ignore_ascii_case(code)) {
        return Some(plain(info.code, info.title, info.reason));
    }
    if let Some(info) = kaa_doors::codes::all().find(|i| i.code.eq_ignore_ascii_case(code)) {
        return Some(plain(info.code, info.title, info.reason));
    }
    let (code, title, reason) =
        HOSTING.iter().find(|(known, ..)| known.eq_ignore_ascii_case(code))?;
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

/// What can go wrong between a module and the host: linking, and the host's own calls.
const HOSTING: &[(&str, &str, &str)] = &[
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
    (
        "K001",
        "an input that is refused without a diagnostic",
        "The input was refused before anything in it could be pointed at.",
    ),
    (
        "K002",
        "no memory for a store",
        "A store reserves address space for its heap and its stack, and the system gave none.",
    ),
    (
        "K003",
        "a function that the module does not export",
        "Hosts call functions by the names that the module exports.",
    ),
    (
        "K004",
        "a function of another signature",
        "The function takes or gives other values than the host asks for.",
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use kaa_exec::LinkError;
    use kaa_isa::TrapKind;

    use super::{HOSTING, explain};
    use crate::Error;

    #[test]
    fn every_code_explains_itself() {
        let of_language = kaa_lang::codes::all().map(|info| info.code);
        let of_ir = kaa_ir::codes::ALL.iter().map(|info| info.code);
        let of_traps = TrapKind::ALL.iter().map(|kind| kind.name());
        let of_hosting = HOSTING.iter().map(|(code, ..)| *code);
        let of_doors = kaa_doors::codes::all().map(|info| info.code);
        let mut seen = HashSet::new();
        for code in of_language.chain(of_ir).chain(of_traps).chain(of_hosting).chain(of_doors) {
            assert!(seen.insert(code), "{code} stands in two places");
            for spelling in [code.to_owned(), code.to_uppercase(), code.to_lowercase()] {
                let told = explain(&spelling).expect(code);
                let sentence = told.reason.len() > 20 && told.reason.ends_with(['.', '!']);
                assert!(told.code == code && !told.title.is_empty() && sentence, "{told:?}");
            }
        }
        assert!(seen.len() > 80, "{} codes", seen.len());
        assert_eq!(explain("E9999"), None);
    }

    #[test]
    fn errors_of_linking_and_hosting_are_told() {
        let (module, name, how) = ("m".to_owned(), "f".to_owned(), String::new());
        let errors = [
            Error::Link(LinkError::Unknown { module: module.clone(), name: name.clone() }),
            Error::Link(LinkError::Denied { module: module.clone(), name: name.clone(), how }),
            Error::Link(LinkError::Signature { module, name }),
            Error::Link(LinkError::Heap(String::new())),
            Error::NoMemory(String::new()),
            Error::NoFunction(String::new()),
            Error::Signature(String::new()),
        ];
        for error in errors {
            assert!(explain(error.code()).is_some(), "{error}");
        }
    }

    #[test]
    fn traps_have_reasons_of_their_own() {
        let reasons: HashSet<&str> = TrapKind::ALL.iter().map(|kind| kind.reason()).collect();
        assert_eq!(reasons.len(), TrapKind::ALL.len());
    }
}

//! What the codes of this crate's errors mean: `T` of the text form, `B` of the binary form, `V`
//! of the verifier. The codes themselves are given where the errors are declared.

use kaa_base::wire::WireErrorKind;

use crate::binary::DecodeErrorKind as Decode;
use crate::text::TextError;
use crate::types::TypeDeclError;
use crate::verify::VerifyCode as Verify;

/// A code at length.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CodeInfo {
    /// The code, such as `V013`.
    pub code: &'static str,
    /// One line.
    pub title: &'static str,
    /// The reason, in sentences.
    pub reason: &'static str,
}

const fn row(code: &'static str, title: &'static str, reason: &'static str) -> CodeInfo {
    CodeInfo { code, title, reason }
}

/// Every code of the crate, in order within each letter.
pub const ALL: &[CodeInfo] = &[
    row(
        TextError::CODE,
        "IR text that cannot be read",
        "The file is no module in the text form of the IR. The message gives the line and the \
         column and says what would have been right there. What an operation looks like stands \
         in the instruction reference; `kaa ir FILE` shows the text of any program.",
    ),
    row(
        Decode::NotAModule.code(),
        "bytes that are no module",
        "A binary module begins with a fixed mark, which this file does not have. It may be a \
         source file under a wrong name, or cut off before its head was complete.",
    ),
    row(
        Decode::Version.code(),
        "a module of another format version",
        "The module was written by a version of the program whose binary format differs. Build \
         it again from its source with this version.",
    ),
    row(
        Decode::Flags.code(),
        "a module that asks for what is not known here",
        "The head of the module has a flag that this version does not know. It was made by a \
         newer version, or its head is damaged.",
    ),
    row(
        Decode::Hash.code(),
        "a damaged module",
        "The head of a module holds a hash of the content, and the content has another one. The \
         file was cut off or changed after it was written.",
    ),
    row(
        Decode::TooLarge.code(),
        "a module that is too large",
        "The size of a module has a limit, so that reading one takes bounded time and memory.",
    ),
    row(
        Decode::Section(0).code(),
        "a section that is unknown, empty or out of place",
        "The sections of a module stand in a fixed order, and each is read to its end. This one \
         has an unknown number, nothing in it, a wrong place, or bytes left over.",
    ),
    row(
        Decode::Item(WireErrorKind::Truncated).code(),
        "a malformed item",
        "A number, a name or a list in the module is not written as it must be: it ends too \
         early, is not in its shortest form, or counts more than the file can hold.",
    ),
    row(
        Decode::Type(TypeDeclError::TooDeep).code(),
        "a heap type that cannot be declared",
        "A heap type names a part or a parent that is not a struct declared before it, or it \
         has more leaves or parents than a type may have.",
    ),
    row(
        Decode::SameSignature.code(),
        "a signature that stands there twice",
        "Signatures are compared by their number, so each may stand in the table only once.",
    ),
    row(
        Verify::Limit.as_str(),
        "more than a limit allows",
        "Tables and lists of a module have limits, so that checking and lowering take bounded \
         time. Split the function or the module.",
    ),
    row(
        Verify::Duplicate.as_str(),
        "two items where one may be",
        "Two functions, globals, types or exports have one name, or two cases of a switch one \
         key.",
    ),
    row(
        Verify::Unknown.as_str(),
        "an id that names nothing",
        "An instruction or a table refers to a function, type, global, constant or block that \
         the module does not have.",
    ),
    row(
        Verify::ValueType.as_str(),
        "a value type that cannot be",
        "The type of a value, a parameter or a global cannot exist, such as a reference to a \
         type that is no heap type.",
    ),
    row(
        Verify::Init.as_str(),
        "a global that begins with a wrong value",
        "The first value of a global must be one of its type: a number in range, or a constant \
         of the right kind.",
    ),
    row(
        Verify::Debug.as_str(),
        "debug information that does not fit",
        "A line or a local name refers to a file, a function or a value that is not there, or \
         the entries are out of order.",
    ),
    row(
        Verify::Entry.as_str(),
        "a function whose entry does not fit",
        "A function has at least one block, and the parameters of its first block are those of \
         its signature.",
    ),
    row(
        Verify::Terminator.as_str(),
        "a block that does not end as it must",
        "Every block ends in exactly one terminator: a jump, a branch, a switch, a return, a \
         tail call, a trap or a call with edges.",
    ),
    row(
        Verify::Numbering.as_str(),
        "values out of order",
        "Values are numbered in the order in which blocks and instructions define them, so that \
         one module has one text.",
    ),
    row(
        Verify::Dominance.as_str(),
        "a value that may not have been computed",
        "Every way from the entry to a use must lead through the definition of the value. Pass \
         the value as a block parameter where ways join.",
    ),
    row(
        Verify::Operand.as_str(),
        "an operand that the operation does not take",
        "The type of an operand, an index of a field, a constant or the mutability of a field \
         is not what the operation needs. The message says what it takes.",
    ),
    row(
        Verify::Results.as_str(),
        "results of other types than the operation gives",
        "The declared results of an instruction must be those that follow from its operation \
         and its operands.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_told() {
        let mut codes: Vec<_> = ALL.iter().map(|info| info.code).collect();
        codes.sort_unstable();
        assert!(codes.windows(2).all(|pair| pair[0] != pair[1]), "{codes:?}");
        for info in ALL {
            assert!(!info.title.is_empty() && info.reason.len() > 40, "{}", info.code);
        }
    }

    /// A variant that is added without a row here has a code that nobody can look up.
    #[test]
    fn every_declared_code_is_told() {
        let sources = [include_str!("verify/mod.rs"), include_str!("binary/mod.rs")];
        for line in sources.iter().flat_map(|text| text.lines()) {
            let Some((_, code)) = line.trim().split_once("=> \"") else { continue };
            let Some((code, _)) = code.split_once('"') else { continue };
            assert!(ALL.iter().any(|info| info.code == code), "{code}");
        }
    }
}

//! The modules of the library that are written in Kaa.
//!
//! They are part of the binary and read only by programs that import them. Modules whose
//! functions are part of the runtime are in `builtins`.

/// What the names of their files begin with.
pub use kaa_base::span::LIBRARY_FOLDER as FOLDER;

/// The module that the prelude has tasks and channels from; programs that use them read it.
pub const TASKS: &str = "task";

/// The module that the prelude has `open` from; programs that use it read it.
pub const FILES: &str = "fs";

/// The modules: name and text.
const MODULES: &[(&str, &str)] = &[
    ("bisect", include_str!("../library/bisect.kaa")),
    ("collections", include_str!("../library/collections.kaa")),
    ("env", include_str!("../library/env.kaa")),
    (FILES, include_str!("../library/fs.kaa")),
    ("functools", include_str!("../library/functools.kaa")),
    ("heapq", include_str!("../library/heapq.kaa")),
    ("itertools", include_str!("../library/itertools.kaa")),
    ("json", include_str!("../library/json.kaa")),
    ("path", include_str!("../library/path.kaa")),
    ("random", include_str!("../library/random.kaa")),
    ("re", include_str!("../library/re.kaa")),
    ("string", include_str!("../library/string.kaa")),
    (TASKS, include_str!("../library/task.kaa")),
    ("time", include_str!("../library/time.kaa")),
];

/// The text of a module.
pub fn text(name: &str) -> Option<&'static str> {
    MODULES.iter().find(|module| module.0 == name).map(|module| module.1)
}

/// The names of the modules.
pub fn names() -> impl Iterator<Item = &'static str> {
    MODULES.iter().map(|module| module.0)
}

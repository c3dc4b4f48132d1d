//! Takes out types, signatures, imports, constants and globals that nothing refers to, and a
//! function if it is asked for.
//!
//! Ids are positions in tables, so taking one entry out moves all others. In the text form items
//! have names; so the text is what is swept, and read again.

use kaa_ir::{Module, text};
use rustc_hash::FxHashMap;

/// The module without what nothing refers to; of functions only the one of this name goes. Nothing
/// where the text cannot be read again.
pub(super) fn sweep(module: &Module, func: Option<&str>) -> Option<Module> {
    let dropped = func.map(|name| format!("@{name}"));
    let mut items = items(&text::print(module));
    loop {
        let mut seen: FxHashMap<&str, usize> = FxHashMap::default();
        for item in &items {
            let mut words: Vec<&str> = words(item).collect();
            words.sort_unstable();
            words.dedup();
            words.into_iter().for_each(|word| *seen.entry(word).or_default() += 1);
        }
        let is_used = |item: &String| match name(item) {
            Some(name) if name.starts_with('@') && item.starts_with("func ") => {
                Some(name) != dropped.as_deref() || seen.get(name).copied().unwrap_or(0) > 1
            }
            Some(name) => seen.get(name).copied().unwrap_or(0) > 1,
            None => true,
        };
        let used: Vec<bool> = items.iter().map(is_used).collect();
        if used.iter().all(|used| *used) {
            return text::parse(&items.concat()).ok();
        }
        let mut used = used.into_iter();
        items.retain(|_| used.next().unwrap_or(true));
    }
}

/// The items of a text: single lines, and functions as a whole.
fn items(text: &str) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    let mut inside = false;
    for line in text.split_inclusive('\n') {
        match items.last_mut() {
            Some(item) if inside => item.push_str(line),
            _ => items.push(line.to_string()),
        }
        inside = (inside || line.starts_with("func ")) && !line.starts_with('}');
    }
    items
}

/// The name that an item gives, where others can refer to it.
fn name(item: &str) -> Option<&str> {
    let kind = item.split(' ').next()?;
    match kind {
        "type" | "sig" | "import" | "global" | "data" | "func" => words(item).nth(1),
        _ => None,
    }
}

fn words(item: &str) -> impl Iterator<Item = &str> {
    let part = |c: char| c.is_alphanumeric() || "$@_.".contains(c);
    item.split(move |c| !part(c)).filter(|word| !word.is_empty())
}

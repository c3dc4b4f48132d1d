//! `kaa doc`: what is built in and what a program declares, for people and as pages.

mod html;

use std::fs;
use std::path::Path;

use kaa::{DocEntry, DocGroup};

use crate::args::DocArgs;
use crate::exit::Code;
use crate::input::{Input, reason};
use crate::paths;
use crate::render::Screen;
use crate::run::print;

/// Shows documentation, or writes pages of it.
pub fn doc(screen: &Screen, args: &DocArgs) -> Code {
    let (names, files): (Vec<&String>, Vec<&String>) =
        args.names.iter().partition(|name| kaa::doc(name).is_some());
    let mut groups = Vec::new();
    for name in &names {
        groups.extend(kaa::doc(name));
    }
    for file in files {
        match of_files(screen, file) {
            Ok(found) => groups.extend(found),
            Err(code) => return code,
        }
    }
    if let Some(folder) = &args.html {
        let mut all = kaa::library();
        all.extend(groups.into_iter().skip(names.len()));
        return write_pages(screen, folder, &all);
    }
    if args.names.is_empty() {
        return print(screen, &overview());
    }
    let pages: Vec<String> = groups.iter().map(page).collect();
    print(screen, &pages.join("\n"))
}

/// The documentation of a file or of the files of a folder.
fn of_files(screen: &Screen, name: &str) -> Result<Vec<DocGroup>, Code> {
    if !Path::new(name).exists() {
        let near = kaa::doc_near(name).map(|near| format!("did you mean `{near}`?"));
        let advice = near.unwrap_or_else(|| "`kaa doc` lists what there is".to_owned());
        screen.error(&format!("there is no `{name}`: {advice}"));
        return Err(Code::Usage);
    }
    let refuse = |message: String| {
        screen.error(&message);
        Code::Files
    };
    let mut groups = Vec::new();
    for file in paths::files(&[name.to_owned()]).map_err(refuse)? {
        let input = Input::read(&file).map_err(refuse)?;
        let text = input.source().ok_or_else(|| refuse(format!("`{file}` is not Kaa source")))?;
        let group = kaa::doc_of_source(&file, &text).map_err(|found| {
            screen.diagnostics(&found);
            Code::Refused
        })?;
        groups.push(group);
    }
    Ok(groups)
}

/// The names of all groups.
fn overview() -> String {
    let mut out = String::from("`kaa doc NAME` tells more, such as `kaa doc list.append`.\n\n");
    for group in kaa::library() {
        let about = group.about.lines().next().unwrap_or("").replace('`', "");
        out.push_str(&format!("{:<11}  {about}\n", group.name));
    }
    out
}

/// A group as text. What was asked for by name is told with its examples.
fn page(group: &DocGroup) -> String {
    let mut out = String::new();
    let is_selection = group.name.is_empty();
    if !is_selection {
        out.push_str(&format!("{}: {}\n\n", group.name, group.about));
    }
    for entry in &group.entries {
        out.push_str(&format!("{}\n", entry.head.replace('\n', "\\n")));
        for line in entry.text.lines() {
            out.push_str(format!("    {line}").trim_end());
            out.push('\n');
        }
        if is_selection {
            out.push_str(&example(entry));
        }
    }
    out
}

fn example(entry: &DocEntry) -> String {
    let mut out = String::new();
    for line in &entry.example {
        let mark = if line.starts_with(' ') { "..." } else { ">>>" };
        out.push_str(&format!("    {mark} {line}\n"));
    }
    if !entry.example.is_empty() {
        for line in entry.printed.lines() {
            out.push_str(&format!("    {line}\n"));
        }
    }
    out
}

fn write_pages(screen: &Screen, folder: &Path, groups: &[DocGroup]) -> Code {
    let written = (|| {
        fs::create_dir_all(folder)?;
        for (name, text) in html::site(groups) {
            fs::write(folder.join(name), text)?;
        }
        Ok::<(), std::io::Error>(())
    })();
    match written {
        Ok(()) => {
            screen.put(&format!("{} pages in {}", groups.len() + 1, folder.display()));
            Code::Done
        }
        Err(error) => {
            screen.error(&format!("cannot write to `{}`: {}", folder.display(), reason(&error)));
            Code::Files
        }
    }
}

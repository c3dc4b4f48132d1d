//! Documentation as a small site: a page for each group, an index, one style sheet.
//!
//! All text passes through `escaped`; the pages need no script and nothing from elsewhere.

use kaa::{DocEntry, DocGroup};

const STYLE: &str = "\
body { max-width: 50rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 sans-serif; }
nav { border-bottom: 1px solid #ccc; padding-bottom: 0.5rem; }
nav a { margin-right: 0.8rem; }
h2 { font-size: 1rem; margin: 1.5rem 0 0.2rem; }
code, pre { font-family: monospace; background: #f4f4f4; }
pre { padding: 0.5rem; overflow-x: auto; }
a { color: #06c; text-decoration: none; }
";

/// The files of the site with their names.
pub fn site(groups: &[DocGroup]) -> Vec<(String, String)> {
    let names = page_names(groups);
    let mut nav = String::from("<nav><a href=\"index.html\">index</a>");
    for (group, name) in groups.iter().zip(&names) {
        nav.push_str(&format!("<a href=\"{name}\">{}</a>", escaped(&group.name)));
    }
    nav.push_str("</nav>\n");
    let mut files = vec![("style.css".to_owned(), STYLE.to_owned())];
    let mut index = String::from("<h1>Kaa</h1>\n<ul>\n");
    for (group, name) in groups.iter().zip(&names) {
        index.push_str(&format!(
            "<li><a href=\"{name}\">{}</a> {}</li>\n",
            escaped(&group.name),
            prose(group.about.lines().next().unwrap_or(""))
        ));
        let mut body = format!("<h1>{}</h1>\n", escaped(&group.name));
        body.push_str(&paragraphs(&group.about));
        for entry in &group.entries {
            body.push_str(&section(entry));
        }
        files.push((name.clone(), page(&group.name, &nav, &body)));
    }
    index.push_str("</ul>\n");
    files.push(("index.html".to_owned(), page("Kaa", &nav, &index)));
    files
}

/// A file name for each group: letters, digits and dashes, and no name twice.
fn page_names(groups: &[DocGroup]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for group in groups {
        let plain: String = group
            .name
            .trim_end_matches(".kaa")
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' })
            .collect();
        let mut name = format!("{plain}.html");
        let mut number = 2;
        while name == "index.html" || names.contains(&name) {
            name = format!("{plain}-{number}.html");
            number += 1;
        }
        names.push(name);
    }
    names
}

fn page(title: &str, nav: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <title>{}</title>\n<link rel=\"stylesheet\" href=\"style.css\">\n</head>\n<body>\n\
         {nav}{body}</body>\n</html>\n",
        escaped(title)
    )
}

fn section(entry: &DocEntry) -> String {
    let mut out = format!(
        "<h2 id=\"{}\"><code>{}</code></h2>\n{}",
        escaped(&entry.name),
        escaped(&entry.head),
        paragraphs(&entry.text)
    );
    if !entry.example.is_empty() {
        let lines: Vec<String> = entry.example.iter().map(|line| format!(">>> {line}\n")).collect();
        let shown = escaped(&format!("{}{}", lines.concat(), entry.printed));
        out.push_str(&format!("<pre>{shown}</pre>\n"));
    }
    out
}

/// Text in paragraphs, which blank lines part.
fn paragraphs(text: &str) -> String {
    let parts = text.split("\n\n").filter(|part| !part.trim().is_empty());
    parts.map(|part| format!("<p>{}</p>\n", prose(part.trim()))).collect()
}

/// Text with code between back quotes.
fn prose(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let mut out = String::new();
    for (at, part) in parts.iter().enumerate() {
        // The last part is never code: a back quote before it would have no partner.
        if at % 2 == 1 && at + 1 < parts.len() {
            out.push_str(&format!("<code>{}</code>", escaped(part)));
        } else {
            out.push_str(if at % 2 == 1 { "`" } else { "" });
            out.push_str(&escaped(part));
        }
    }
    out
}

/// Text without anything that HTML reads as more than text.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(name: &str, text: &str) -> DocGroup {
        let entry = DocEntry {
            name: "f".to_owned(),
            head: "def f(x: list[int]) -> int".to_owned(),
            text: text.to_owned(),
            example: vec!["f([1]) < 2".to_owned()],
            printed: "True".to_owned(),
        };
        DocGroup { name: name.to_owned(), about: "About `x`.".to_owned(), entries: vec![entry] }
    }

    #[test]
    fn text_cannot_become_markup() {
        let name = "a/<script>.kaa";
        let files = site(&[group(name, "<b>\"bold\"</b> & `c<d`\n\nmore ` text"), group(name, "")]);
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        let expected = ["style.css", "a--script-.html", "a--script--2.html", "index.html"];
        assert_eq!(names, expected);
        let page = &files[1].1;
        assert!(page.contains("<title>a/&lt;script&gt;.kaa</title>"), "{page}");
        assert!(
            page.contains("<p>&lt;b&gt;&quot;bold&quot;&lt;/b&gt; &amp; <code>c&lt;d</code></p>")
        );
        assert!(page.contains("<p>more ` text</p>"), "{page}");
        assert!(page.contains("<pre>&gt;&gt;&gt; f([1]) &lt; 2\nTrue</pre>"), "{page}");
        assert!(page.contains("<code>def f(x: list[int]) -&gt; int</code>"), "{page}");
    }

    #[test]
    fn links_of_the_library_lead_somewhere() {
        let files = site(&kaa::library());
        for (_, text) in files.iter().filter(|(name, _)| name.ends_with(".html")) {
            for link in text.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
                assert!(files.iter().any(|(name, _)| name == link), "{link}");
            }
        }
    }
}

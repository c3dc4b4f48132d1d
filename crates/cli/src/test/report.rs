//! The results of tests: a line for people, lines of JSON, JUnit XML.

use std::fmt::Write;
use std::time::Duration;

use super::{Outcome, Session};
use crate::json;

/// The last line for people.
pub fn summary(session: &Session, time: Duration) -> String {
    let failed = session.failed();
    let mut parts = vec![format!("{} passed", session.outcomes.len() - failed)];
    for (count, what) in [
        (failed, "failed"),
        (session.left_out, "left out"),
        (session.refused, if session.refused == 1 { "file refused" } else { "files refused" }),
    ] {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    }
    format!("{} in {:.2} s\n", parts.join(", "), time.as_secs_f64())
}

/// One result as a line of JSON.
pub fn test_json(outcome: &Outcome) -> String {
    let mut out = format!(
        "{{\"event\":\"test\",\"file\":{},\"name\":{},\"passed\":{},\"seconds\":{:.6}",
        json::string(&outcome.file),
        json::string(&outcome.name),
        outcome.failure.is_none(),
        outcome.time.as_secs_f64()
    );
    if let Some(failure) = &outcome.failure {
        let (kind, message) = (json::string(&failure.kind), json::string(&failure.message));
        let _ = write!(out, ",\"kind\":{kind},\"message\":{message}");
        if let Some((line, col)) = failure.place {
            let _ = write!(out, ",\"line\":{line},\"col\":{col}");
        }
    }
    let _ = writeln!(out, ",\"output\":{}}}", json::string(&outcome.output));
    out
}

/// The counts as a line of JSON.
pub fn summary_json(session: &Session, time: Duration) -> String {
    let failed = session.failed();
    format!(
        "{{\"event\":\"summary\",\"passed\":{},\"failed\":{failed},\"left_out\":{},\
         \"refused_files\":{},\"unreadable_files\":{},\"seconds\":{:.6}}}\n",
        session.outcomes.len() - failed,
        session.left_out,
        session.refused,
        session.unreadable,
        time.as_secs_f64()
    )
}

/// All results as JUnit XML, a suite for each file.
pub fn junit(session: &Session, time: Duration) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        out,
        "<testsuites tests=\"{}\" failures=\"{}\" time=\"{:.6}\">",
        session.outcomes.len(),
        session.failed(),
        time.as_secs_f64()
    );
    for suite in session.outcomes.chunk_by(|a, b| a.file == b.file) {
        let failed = suite.iter().filter(|outcome| outcome.failure.is_some()).count();
        let time: Duration = suite.iter().map(|outcome| outcome.time).sum();
        let name = suite.first().map_or("", |outcome| outcome.file.as_str());
        let _ = writeln!(
            out,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failed}\" time=\"{:.6}\">",
            xml(name),
            suite.len(),
            time.as_secs_f64()
        );
        for outcome in suite {
            case(&mut out, outcome);
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn case(out: &mut String, outcome: &Outcome) {
    let _ = writeln!(
        out,
        "    <testcase classname=\"{}\" name=\"{}\" time=\"{:.6}\">",
        xml(&outcome.file),
        xml(&outcome.name),
        outcome.time.as_secs_f64()
    );
    if let Some(failure) = &outcome.failure {
        let place = failure.place.map(|(line, col)| format!("{}:{line}:{col}", outcome.file));
        let _ = writeln!(
            out,
            "      <failure type=\"{}\" message=\"{}\">{}</failure>",
            xml(&failure.kind),
            xml(&failure.message),
            xml(&place.unwrap_or_default())
        );
    }
    if !outcome.output.is_empty() {
        let _ = writeln!(out, "      <system-out>{}</system-out>", xml(&outcome.output));
    }
    out.push_str("    </testcase>\n");
}

/// Text for XML. Characters that XML has no place for are replaced.
fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            '\t' => out.push_str("&#9;"),
            c if c < ' ' || matches!(c, '\u{FFFE}' | '\u{FFFF}') => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::{Failure, Outcome, Session};
    use super::{junit, summary, xml};

    fn outcome(file: &str, failure: Option<Failure>) -> Outcome {
        let (file, name, output) = (file.to_owned(), "t".to_owned(), "<&>".to_owned());
        Outcome { file, name, failure, output, time: Duration::from_millis(1500) }
    }

    #[test]
    fn results_have_a_suite_for_each_file() {
        let why = Failure { kind: "panic".into(), message: "a\nb".into(), place: Some((3, 4)) };
        let session = Session {
            outcomes: vec![outcome("a.kaa", None), outcome("b.kaa", Some(why))],
            left_out: 2,
            ..Session::default()
        };
        let expected = "\
<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<testsuites tests=\"2\" failures=\"1\" time=\"3.000000\">
  <testsuite name=\"a.kaa\" tests=\"1\" failures=\"0\" time=\"1.500000\">
    <testcase classname=\"a.kaa\" name=\"t\" time=\"1.500000\">
      <system-out>&lt;&amp;&gt;</system-out>
    </testcase>
  </testsuite>
  <testsuite name=\"b.kaa\" tests=\"1\" failures=\"1\" time=\"1.500000\">
    <testcase classname=\"b.kaa\" name=\"t\" time=\"1.500000\">
      <failure type=\"panic\" message=\"a&#10;b\">b.kaa:3:4</failure>
      <system-out>&lt;&amp;&gt;</system-out>
    </testcase>
  </testsuite>
</testsuites>
";
        assert_eq!(junit(&session, Duration::from_secs(3)), expected);
        let text = "1 passed, 1 failed, 2 left out in 3.00 s\n";
        assert_eq!(summary(&session, Duration::from_secs(3)), text);
    }

    #[test]
    fn text_for_xml_is_escaped() {
        assert_eq!(xml("<a b=\"c\">&\n\u{1}ä"), "&lt;a b=&quot;c&quot;&gt;&amp;&#10;\u{FFFD}ä");
    }
}

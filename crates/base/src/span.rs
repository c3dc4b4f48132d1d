//! Source files and positions in them.
//!
//! A [`Span`] is a byte range of one file; it is what every diagnostic and every tree node
//! carries. Lines and columns are computed only when a person reads them. This is not a file
//! loader: whoever reads text from outside hands it to a [`SourceMap`]. See `diag` for the
//! reports that are made of spans.

/// What the names of the files of the library begin with, which no program has written.
pub const LIBRARY_FOLDER: &str = "<library>/";

/// Number of a file in a [`SourceMap`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct FileId(pub u32);

/// A byte range `lo..hi` of one file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub lo: u32,
    /// One past the last byte.
    pub hi: u32,
}

impl Span {
    /// The range `lo..hi` of `file`.
    pub fn new(file: FileId, lo: u32, hi: u32) -> Span {
        Span { file, lo, hi }
    }

    /// The smallest range that holds both; `other` must be of the same file.
    pub fn to(self, other: Span) -> Span {
        Span { file: self.file, lo: self.lo.min(other.lo), hi: self.hi.max(other.hi) }
    }

    /// The empty range before the first byte.
    pub fn start(self) -> Span {
        Span { hi: self.lo, ..self }
    }

    /// The empty range behind the last byte.
    pub fn end(self) -> Span {
        Span { lo: self.hi, ..self }
    }

    /// Length in bytes.
    pub fn len(self) -> u32 {
        self.hi.saturating_sub(self.lo)
    }

    /// Whether the range holds no byte.
    pub fn is_empty(self) -> bool {
        self.hi <= self.lo
    }
}

/// A line and a column, both counted from 1; the column counts characters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LineCol {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub col: u32,
}

/// A named text with the table of its line starts.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// What diagnostics call the file.
    pub name: String,
    /// The whole text.
    pub text: String,
    /// Byte offset of the first byte of every line; the first is 0.
    pub line_starts: Vec<u32>,
}

impl SourceFile {
    /// Builds the line table of `text`. Offsets beyond `u32` are not recorded.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> SourceFile {
        let text = text.into();
        let mut line_starts = vec![0];
        for (at, byte) in text.bytes().enumerate() {
            if byte == b'\n' {
                let Ok(next) = u32::try_from(at + 1) else { break };
                line_starts.push(next);
            }
        }
        SourceFile { name: name.into(), text, line_starts }
    }

    /// The line that holds `offset`, from 1. An offset behind the end is on the last line.
    pub fn line(&self, offset: u32) -> u32 {
        let line = self.line_starts.partition_point(|&start| start <= offset);
        u32::try_from(line).unwrap_or(u32::MAX).max(1)
    }

    /// Line and column of `offset`.
    pub fn line_col(&self, offset: u32) -> LineCol {
        let line = self.line(offset);
        let start = self.line_starts.get(line as usize - 1).copied().unwrap_or(0) as usize;
        let end = (offset as usize).clamp(start, self.text.len().max(start));
        let bytes = self.text.as_bytes().get(start..end).unwrap_or(&[]);
        let chars = bytes.iter().filter(|&&b| b & 0xC0 != 0x80).count();
        LineCol { line, col: u32::try_from(chars).unwrap_or(u32::MAX - 1) + 1 }
    }

    /// The text of a line counted from 1, without its line end.
    pub fn line_text(&self, line: u32) -> &str {
        let Some(index) = (line as usize).checked_sub(1) else { return "" };
        let Some(&start) = self.line_starts.get(index) else { return "" };
        let end = self.line_starts.get(index + 1).map_or(self.text.len(), |&e| e as usize);
        let line = self.text.get(start as usize..end).unwrap_or("");
        line.trim_end_matches(['\n', '\r'])
    }
}

/// All files of one compilation.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// An empty map.
    pub fn new() -> SourceMap {
        SourceMap::default()
    }

    /// Adds a file and gives its number.
    pub fn add(&mut self, file: SourceFile) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(file);
        id
    }

    /// The file with this number.
    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize)
    }

    /// The files in the order of their numbers.
    pub fn into_files(self) -> Vec<SourceFile> {
        self.files
    }

    /// All files with their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        (0..).map(FileId).zip(&self.files)
    }

    /// The text a span covers; empty where the span is not of this map.
    pub fn text(&self, span: Span) -> &str {
        let text = self.get(span.file).map_or("", |file| file.text.as_str());
        text.get(span.lo as usize..span.hi as usize).unwrap_or("")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns() {
        let file = SourceFile::new("a.kaa", "ab\nçd\n\nx");
        let cases = [(0, 1, 1), (1, 1, 2), (2, 1, 3), (3, 2, 1), (5, 2, 2), (7, 3, 1), (8, 4, 1)];
        for (offset, line, col) in cases {
            assert_eq!(file.line_col(offset), LineCol { line, col }, "offset {offset}");
        }
        assert_eq!(file.line_col(999), LineCol { line: 4, col: 2 });
        assert_eq!(file.line_text(2), "çd");
        assert_eq!(file.line_text(9), "");
        assert_eq!(SourceFile::new("e", "").line_col(0), LineCol { line: 1, col: 1 });
    }

    #[test]
    fn spans_are_small_and_join() {
        assert_eq!(size_of::<Span>(), 12);
        let mut map = SourceMap::new();
        let file = map.add(SourceFile::new("a", "hello world"));
        let span = Span::new(file, 6, 8).to(Span::new(file, 9, 11));
        assert_eq!(map.text(span), "world");
        assert_eq!(map.text(Span::new(FileId(7), 0, 1)), "");
    }
}

//! The kinds of token and their spelling.
//!
//! Tokens carry no text: they are ranges of the source. Soft keywords (`match case type own
//! extend resource any`) are names here; the parser knows where they are words.

/// A token: a kind and the bytes `lo..hi`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    /// What it is.
    pub kind: Tok,
    /// First byte.
    pub lo: u32,
    /// One past the last byte. A closing bracket of no width was missing in the source.
    pub hi: u32,
}

macro_rules! tokens {
    ($($(#[$doc:meta])* $name:ident $text:literal;)*) => {
        /// The kinds of token.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        pub enum Tok {
            $($(#[$doc])* #[doc = concat!("`", $text, "`")] $name,)*
        }

        impl Tok {
            /// The spelling, or what to call it where it has none.
            pub fn text(self) -> &'static str {
                match self {
                    $(Tok::$name => $text,)*
                }
            }
        }
    };
}

tokens! {
    Eof "end of file"; Newline "end of line"; Indent "indentation"; Dedent "end of block";
    Bad "invalid text";
    Name "name"; Int "integer"; Float "number"; Str "string"; BadStr "string";
    FStart "f-string"; FText "text of an f-string"; FOpen "field"; FEcho "=";
    FBang "!"; FColon ":"; FClose "}"; FEnd "end of an f-string";
    LParen "("; RParen ")"; LBracket "["; RBracket "]"; LBrace "{"; RBrace "}";
    Comma ","; Colon ":"; Semi ";"; Dot "."; Ellipsis "..."; Arrow "->"; Walrus ":=";
    Question "?"; Coalesce "??"; At "@"; Bang "!";
    Eq "="; EqEq "=="; NotEq "!="; Lt "<"; Le "<="; Gt ">"; Ge ">="; EqEqEq "==="; NotEqEq "!==";
    Plus "+"; Minus "-"; Star "*"; Slash "/"; SlashSlash "//"; Percent "%"; StarStar "**";
    PlusWrap "+%"; MinusWrap "-%"; StarWrap "*%";
    Shl "<<"; Shr ">>"; Amp "&"; Pipe "|"; Caret "^"; Tilde "~"; AmpAmp "&&"; PipePipe "||";
    PlusEq "+="; MinusEq "-="; StarEq "*="; SlashEq "/="; SlashSlashEq "//="; PercentEq "%=";
    StarStarEq "**="; PlusWrapEq "+%="; MinusWrapEq "-%="; StarWrapEq "*%=";
    ShlEq "<<="; ShrEq ">>="; AmpEq "&="; PipeEq "|="; CaretEq "^="; AtEq "@=";
    False "False"; None "None"; True "True"; And "and"; As "as"; Assert "assert"; Async "async";
    Await "await"; Break "break"; Class "class"; Continue "continue"; Def "def"; Del "del";
    Elif "elif"; Else "else"; Enum "enum"; Except "except"; Finally "finally"; Fn "fn"; For "for";
    From "from"; Global "global"; If "if"; Import "import"; In "in"; Is "is"; Lambda "lambda";
    Mut "mut"; Nonlocal "nonlocal"; Not "not"; Or "or"; Pass "pass"; Raise "raise";
    Return "return"; Struct "struct"; Trait "trait"; Try "try"; While "while"; With "with";
    Yield "yield";
}

impl Tok {
    /// The keyword with this spelling.
    pub fn keyword(word: &[u8]) -> Option<Tok> {
        Some(match word {
            b"False" => Tok::False,
            b"None" => Tok::None,
            b"True" => Tok::True,
            b"and" => Tok::And,
            b"as" => Tok::As,
            b"assert" => Tok::Assert,
            b"async" => Tok::Async,
            b"await" => Tok::Await,
            b"break" => Tok::Break,
            b"class" => Tok::Class,
            b"continue" => Tok::Continue,
            b"def" => Tok::Def,
            b"del" => Tok::Del,
            b"elif" => Tok::Elif,
            b"else" => Tok::Else,
            b"enum" => Tok::Enum,
            b"except" => Tok::Except,
            b"finally" => Tok::Finally,
            b"fn" => Tok::Fn,
            b"for" => Tok::For,
            b"from" => Tok::From,
            b"global" => Tok::Global,
            b"if" => Tok::If,
            b"import" => Tok::Import,
            b"in" => Tok::In,
            b"is" => Tok::Is,
            b"lambda" => Tok::Lambda,
            b"mut" => Tok::Mut,
            b"nonlocal" => Tok::Nonlocal,
            b"not" => Tok::Not,
            b"or" => Tok::Or,
            b"pass" => Tok::Pass,
            b"raise" => Tok::Raise,
            b"return" => Tok::Return,
            b"struct" => Tok::Struct,
            b"trait" => Tok::Trait,
            b"try" => Tok::Try,
            b"while" => Tok::While,
            b"with" => Tok::With,
            b"yield" => Tok::Yield,
            _ => return None,
        })
    }

    /// Whether this is a reserved word.
    pub fn is_keyword(self) -> bool {
        self as u8 >= Tok::False as u8
    }

    /// Whether an operand can begin with it.
    pub fn starts_operand(self) -> bool {
        use Tok::*;
        matches!(
            self,
            Name | Int
                | Float
                | Str
                | BadStr
                | FStart
                | True
                | False
                | None
                | Fn
                | LParen
                | LBracket
                | LBrace
                | Ellipsis
        )
    }

    /// Whether an expression can begin with it.
    pub fn starts_expr(self) -> bool {
        use Tok::*;
        self.starts_operand()
            || matches!(self, Minus | Plus | Tilde | Not | Lambda | Star | Await | Bang | Bad)
    }

    /// The bracket that closes this one.
    pub fn closer(self) -> Option<Tok> {
        Some(match self {
            Tok::LParen => Tok::RParen,
            Tok::LBracket => Tok::RBracket,
            Tok::LBrace => Tok::RBrace,
            Tok::FOpen => Tok::FClose,
            Tok::FStart => Tok::FEnd,
            _ => return None,
        })
    }

    /// Whether this closes a bracket, an f-string or its field.
    pub fn is_closer(self) -> bool {
        matches!(self, Tok::RParen | Tok::RBracket | Tok::RBrace | Tok::FClose | Tok::FEnd)
    }
}

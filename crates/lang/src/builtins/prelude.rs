//! Rows of the prelude.

super::rows! {
    "print" "(*values: Show, sep: str = ' ', end: str = '\\n')" "writes values and a line end";
    "len" "(of: Sized) -> int" "how many elements";
}

//! E04xx: programs that are right but cannot be lowered.

super::codes! {
    LOWER;
    NOT_LOWERED "E0400" "something that this version cannot run yet",
        "The program is well-formed and its types fit, but lowering to IR does not cover what it \
         uses, or it exceeds a limit of the IR. The message names it.",
        "def f(n: Iter[int]) -> Iter[int]:\n    return n",
        "def f(n: list[int]) -> list[int]:\n    return n";
}

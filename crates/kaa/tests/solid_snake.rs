//! The example of Solid Snake's macro prints what its text says.

#[path = "../examples/solid_snake.rs"]
#[expect(dead_code, reason = "its `main` prints what is compared here")]
mod example;

#[test]
fn the_example_prints_the_lines_of_the_text() {
    let printed = example::sum().expect("it runs");
    let told = "Load: Directly i64 R1 <= -123\n\
                Load: Directly i64 R2 <= 456\n\
                Add: R3 <= i64 R1 (-123) + R2 (456)\n\
                Debug: R3\n\
                R3 : 333\n";
    assert_eq!(printed, told);
}

//! The program that tests of compiled code run, and a store with it.

use kaa::{Config, Host, Instance, Module, Store};

const SCRIPT: &str = "
@export
def square(n: int) -> int:
    return n * n

@export
def sum_of_squares(n: int) -> int:
    mut total = 0
    for i in range(n):
        total += square(i)
    return total

@export
def nested(n: int) -> int:
    mut total = 0
    for i in range(n):
        for j in range(i):
            total += triangle(j) - square(j)
        mut k = i
        while k > 0:
            k -= 1
            total += k
    return total

def triangle(n: int) -> int:
    mut sum = 0
    for i in range(n):
        sum += i
    return sum

@export
def depth(n: int) -> int:
    if n == 0:
        return 0
    return depth(n - 1) + 1

@export
def forever():
    while True:
        pass
";

/// A store that holds the program.
pub fn store(config: &Config) -> (Store, Instance) {
    let module = Module::from_source("test.kaa", SCRIPT).unwrap_or_else(|found| panic!("{found}"));
    let mut store = Store::new(config, &Host::new()).expect("there is memory");
    let instance = store.load(&module).unwrap_or_else(|error| panic!("{error}"));
    (store, instance)
}

//! Runs a script that calls a function of this program, within limits:
//! `cargo run -p kaa --example embed`.

use kaa::{Config, Host, Module, Store};

const SCRIPT: &str = r#"
import shop

@export
def total(items: list[str]) -> float:
    return sum([shop.price(item) for item in items])
"#;

fn main() -> Result<(), kaa::Error> {
    let mut host = Host::new();
    host.func("shop", "price", |item: &str| -> f64 { item.len() as f64 });
    let module = Module::from_source_for(&host, "cart.kaa", SCRIPT)?;
    let mut store = Store::new(&Config::new().fuel(1_000_000).max_heap(16 << 20), &host)?;
    let cart = store.load(&module)?;
    let items = vec!["tea".to_owned(), "cake".to_owned()];
    let total: f64 = store.call(cart, "total", (items,))?;
    println!("the cart costs {total}");
    Ok(())
}

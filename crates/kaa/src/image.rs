//! Machine code that outlives a store: made once, kept in a file, and put into stores with the
//! same program. It is checked against damage, not against malice: whoever can write such a file
//! can run code as whoever reads it.

use crate::error::Error;
use crate::store::{Instance, Store};

impl Store {
    /// Lowers all functions of a module, in an order that is always the same, and names the
    /// machine code that fits then. To be called before anything runs, and only where
    /// [`Config::portable_code`](crate::Config::portable_code) is set. There is no name where
    /// this machine has no compiler.
    ///
    /// # Errors
    /// A function that is too large to be lowered.
    pub fn image_name(&mut self, instance: Instance) -> Result<Option<String>, Error> {
        self.inner.lower_all(instance.number())?;
        self.image_key = kaa_jit::image::key(self.inner.fingerprint());
        Ok(self.image_key.map(|[high, low]| format!("{high:016x}{low:016x}")))
    }

    /// Compiles all functions of a module.
    ///
    /// # Errors
    /// A function that is too large to be lowered.
    pub fn compile_all(&mut self, instance: Instance) -> Result<(), Error> {
        Ok(self.inner.compile_all(instance.number(), None)?)
    }

    /// The machine code that was made or taken over so far; nothing without a name.
    pub fn image(&self) -> Option<Vec<u8>> {
        Some(kaa_jit::image::encode(self.inner.units(), self.image_key?))
    }

    /// How many functions and loops are in the image.
    pub fn image_len(&self) -> usize {
        self.inner.units().len()
    }

    /// Takes over machine code. What was made for another program, build or machine, or is
    /// damaged, is ignored. Gives whether it was taken.
    pub fn adopt_image(&mut self, image: &[u8]) -> bool {
        let units = self.image_key.and_then(|key| kaa_jit::image::decode(image, key));
        units.is_some_and(|units| self.inner.adopt(units))
    }
}

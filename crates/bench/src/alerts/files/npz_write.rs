//! Arrays into numpy's archives: texts and numbers of eight bytes.

use std::io::{self, Seek, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Arrays under their names, not compressed.
pub(super) struct Archive<W: Write + Seek>(ZipWriter<W>);

impl<W: Write + Seek> Archive<W> {
    pub(super) fn new(to: W) -> Self {
        Self(ZipWriter::new(to))
    }

    /// Texts, which must be as long as each other in letters.
    pub(super) fn texts(&mut self, name: &str, texts: &[&str]) -> io::Result<()> {
        let width = texts.first().map_or(1, |text| text.chars().count());
        self.begin(name, &format!("<U{width}"), &format!("({},)", texts.len()))?;
        for letter in texts.iter().flat_map(|text| text.chars()) {
            self.0.write_all(&u32::from(letter).to_le_bytes())?;
        }
        Ok(())
    }

    /// Rows of numbers, which must be as long as each other.
    pub(super) fn numbers(
        &mut self,
        name: &str,
        shape: (usize, usize),
        rows: impl Iterator<Item = impl Iterator<Item = f64>>,
    ) -> io::Result<()> {
        self.begin(name, "<f8", &format!("({}, {})", shape.0, shape.1))?;
        let mut bytes = Vec::with_capacity(shape.1 * 8);
        for row in rows {
            bytes.clear();
            bytes.extend(row.flat_map(f64::to_le_bytes));
            self.0.write_all(&bytes)?;
        }
        Ok(())
    }

    pub(super) fn end(self) -> io::Result<()> {
        self.0.finish()?.flush()
    }

    /// The header of version 1.0: padded, so that the numbers begin at a multiple of 64.
    fn begin(&mut self, name: &str, kind: &str, shape: &str) -> io::Result<()> {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(true);
        self.0.start_file(format!("{name}.npy"), options)?;
        let mut header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}");
        while !(10 + header.len() + 1).is_multiple_of(64) {
            header.push(' ');
        }
        header.push('\n');
        let length = u16::try_from(header.len()).map_err(io::Error::other)?;
        self.0.write_all(b"\x93NUMPY\x01\x00")?;
        self.0.write_all(&length.to_le_bytes())?;
        self.0.write_all(header.as_bytes())
    }
}

//! Arrays out of numpy's archives: texts and numbers of eight bytes.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use zip::ZipArchive;

pub(in crate::alerts) struct Archive(ZipArchive<File>);

impl Archive {
    pub(in crate::alerts) fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
        Ok(Self(ZipArchive::new(file)?))
    }

    /// The header and the bytes of an array.
    fn array(&mut self, name: &str) -> Result<(String, Vec<u8>)> {
        let mut file = self.0.by_name(&format!("{name}.npy"))?;
        let mut start = [0; 10];
        file.read_exact(&mut start)?;
        ensure!(start.starts_with(b"\x93NUMPY\x01"), "{name} is no array of version 1");
        let mut header = vec![0; usize::from(u16::from_le_bytes([start[8], start[9]]))];
        file.read_exact(&mut header)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok((String::from_utf8(header)?, bytes))
    }

    pub(in crate::alerts) fn texts(&mut self, name: &str) -> Result<Vec<String>> {
        let (header, bytes) = self.array(name)?;
        let width: usize = between(&header, "<U", "'").context("not an array of texts")?.parse()?;
        let text = |bytes: &[u8]| -> String {
            let letters = bytes.chunks_exact(4).filter_map(|letter| Some(u32::from_le_bytes(letter.try_into().ok()?)));
            letters.filter(|letter| *letter != 0).filter_map(char::from_u32).collect()
        };
        Ok(bytes.chunks_exact(width * 4).map(text).collect())
    }

    /// Rows of numbers.
    pub(in crate::alerts) fn numbers(&mut self, name: &str) -> Result<Vec<Vec<f64>>> {
        let (header, bytes) = self.array(name)?;
        ensure!(header.contains("'<f8'") && header.contains("'fortran_order': False"), "not rows of numbers: {header}");
        let shape = between(&header, "'shape': (", ")").context("an array without a shape")?;
        let width: usize = shape.split(',').nth(1).context("not two dimensions")?.trim().parse()?;
        let row = |bytes: &[u8]| {
            bytes.chunks_exact(8).map(|number| f64::from_le_bytes(number.try_into().unwrap_or_default())).collect()
        };
        Ok(bytes.chunks_exact(width * 8).map(row).collect())
    }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    Some(text.split_once(before)?.1.split_once(after)?.0)
}

//! A history in a folder, its files plain or packed.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::{History, HistoryError};

/// Bytes read from a file at once.
const BUFFER: usize = 1 << 16;

impl History {
    /// Reads the history in a folder, such as `vobiz-bot export` writes. Each file may be packed: `samples.csv.gz`.
    ///
    /// # Errors
    ///
    /// As [`Self::read`].
    pub fn open(folder: &Path) -> Result<Self, HistoryError> {
        Self::read(&mut |name| match File::open(folder.join(name)) {
            Ok(file) => Ok(Some(Box::new(BufReader::with_capacity(BUFFER, file)) as Box<dyn Read>)),
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Err(_) => match File::open(folder.join(format!("{name}.gz"))) {
                Ok(file) => Ok(Some(Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(file))))),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(error),
            },
        })
    }
}

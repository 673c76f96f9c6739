//! Files that somebody prints.

use std::io::Write as _;
use std::process::Command;

/// What Debian's poppler reads in a PDF.
pub fn text_of(pdf: &[u8]) -> String {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(pdf).expect("written");
    let said = Command::new("pdftotext").arg(file.path()).arg("-").output().expect("poppler-utils");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    String::from_utf8(said.stdout).expect("text")
}

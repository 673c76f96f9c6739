//! A folder of mails, one file each, that several processes may write at once (Maildir).

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::core::env::Env;
use crate::core::text::MailAddress;

/// A Maildir. Cheap to clone.
#[derive(Clone)]
pub struct Maildir {
    root: Arc<Path>,
    env: Env,
}

impl Maildir {
    /// Opens the folder, and makes it (mode 0700) where it is missing.
    ///
    /// # Errors
    /// The file system's.
    pub fn open(root: &Path, env: Env) -> io::Result<Self> {
        for part in ["tmp", "new", "cur"] {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(root.join(part))?;
        }
        Ok(Self { root: root.into(), env })
    }

    /// Keeps one mail for one recipient, with its envelope in front (`Return-Path`, `Delivered-To`). When this returns,
    /// the mail is on the disk. Blocks.
    ///
    /// # Errors
    /// The file system's; nothing is kept then.
    pub fn deliver(&self, from: Option<&MailAddress>, to: &MailAddress, mail: &[u8]) -> io::Result<PathBuf> {
        let name = format!("{}.{}.meldekette", self.env.now().as_second(), self.env.uuid().simple());
        let (beside, place) = (self.root.join("tmp").join(&name), self.root.join("new").join(&name));
        let from = from.map_or("", MailAddress::as_str);
        let written = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&beside)
            .and_then(|mut file| {
                file.write_all(format!("Return-Path: <{from}>\r\nDelivered-To: {to}\r\n").as_bytes())?;
                file.write_all(mail)?;
                file.sync_all()
            })
            .and_then(|()| fs::rename(&beside, &place))
            .and_then(|()| File::open(self.root.join("new"))?.sync_all());
        match written {
            Ok(()) => Ok(place),
            Err(error) => {
                // A leftover in `tmp` is no mail; the error says why it is there.
                let _ = fs::remove_file(&beside);
                Err(error)
            }
        }
    }

    /// The mails, the oldest first.
    ///
    /// # Errors
    /// The file system's.
    pub fn list(&self) -> io::Result<Vec<PathBuf>> {
        let mut mails = Vec::new();
        for part in ["new", "cur"] {
            for entry in fs::read_dir(self.root.join(part))? {
                mails.push(entry?.path());
            }
        }
        mails.sort_unstable_by(|a, b| a.file_name().cmp(&b.file_name()));
        Ok(mails)
    }
}

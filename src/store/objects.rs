//! Where files lie: a folder, or a store that speaks S3. What is put there is whole and durable, or not there.

use std::path::Path as FilePath;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _};

use crate::core::error::{Error, Result};

/// How a store that speaks S3 is reached. Never shown: it holds the secret.
#[derive(Clone, Copy)]
pub struct S3<'a> {
    /// Empty: Amazon's for the region.
    pub endpoint: &'a str,
    pub region: &'a str,
    pub bucket: &'a str,
    pub access_key: &'a str,
    pub secret_key: &'a str,
}

/// Objects by their keys. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Objects(Arc<dyn ObjectStore>);

impl Objects {
    /// In a folder that exists. Each object is on the disk, with its name, before it counts as put.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where the folder cannot be used.
    pub fn folder(folder: &FilePath) -> Result<Self> {
        let store = LocalFileSystem::new_with_prefix(folder).map_err(failed)?;
        Ok(Self(Arc::new(store.with_fsync(true).with_automatic_cleanup(true))))
    }

    /// In a bucket. `http://` is for a store on the same machine.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where the settings cannot be used.
    pub fn s3(settings: S3<'_>) -> Result<Self> {
        let mut builder = AmazonS3Builder::new()
            .with_region(settings.region)
            .with_bucket_name(settings.bucket)
            .with_access_key_id(settings.access_key)
            .with_secret_access_key(settings.secret_key)
            .with_allow_http(settings.endpoint.starts_with("http://"));
        if !settings.endpoint.is_empty() {
            builder = builder.with_endpoint(settings.endpoint);
        }
        Ok(Self(Arc::new(builder.build().map_err(failed)?)))
    }

    /// Puts an object, in the place of one that was there.
    ///
    /// # Errors
    /// [`Error::Unavailable`]: then it is as it was before.
    pub async fn put(&self, key: &str, content: Vec<u8>) -> Result<()> {
        self.0.put(&Path::from(key), content.into()).await.map_err(failed)?;
        Ok(())
    }

    /// An object, where there is one of at most so many bytes. None of a larger one is read: it is not what was put.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn get(&self, key: &str, most: u64) -> Result<Option<Bytes>> {
        match self.0.get(&Path::from(key)).await {
            Ok(found) if found.meta.size > most => Ok(None),
            Ok(found) => found.bytes().await.map(Some).map_err(failed),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    /// Removes all objects below a prefix.
    ///
    /// # Errors
    /// [`Error::Unavailable`]: then some may be left.
    pub async fn remove_below(&self, prefix: &str) -> Result<()> {
        let found = self.0.list(Some(&Path::from(prefix))).map_ok(|object| object.location);
        let found: Vec<Path> = found.try_collect().await.map_err(failed)?;
        for path in found {
            self.0.delete(&path).await.map_err(failed)?;
        }
        Ok(())
    }

    /// Puts, reads and removes a probe below a name that nothing else bears.
    ///
    /// # Errors
    /// [`Error::Unavailable`] with what does not work.
    pub async fn probe(&self, name: &str) -> Result<()> {
        let folder = format!("probe/{name}");
        let key = format!("{folder}/file");
        self.put(&key, name.as_bytes().to_vec()).await?;
        let read = self.get(&key, 1000).await;
        // Whatever came back, the probe does not stay.
        self.remove_below(&folder).await?;
        match read? {
            Some(bytes) if bytes == name.as_bytes() => {}
            _ => return Err(Error::Unavailable("files: what was put does not come back".to_owned())),
        }
        match self.get(&key, 1000).await? {
            None => Ok(()),
            Some(_) => Err(Error::Unavailable("files: what was removed is still there".to_owned())),
        }
    }
}

fn failed(error: object_store::Error) -> Error {
    Error::Unavailable(format!("files: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_put_is_read_back_until_it_is_removed_with_all_below() {
        let folder = tempfile::tempdir().unwrap();
        let objects = Objects::folder(folder.path()).unwrap();
        objects.put("a/1", b"one".to_vec()).await.unwrap();
        objects.put("a/1", b"two".to_vec()).await.unwrap();
        objects.put("b/1", b"three".to_vec()).await.unwrap();
        assert_eq!(objects.get("a/1", 3).await.unwrap().unwrap().as_ref(), b"two");
        assert!(objects.get("a/1", 2).await.unwrap().is_none(), "larger than what was put");
        objects.remove_below("a").await.unwrap();
        assert!(objects.get("a/1", 9).await.unwrap().is_none());
        assert!(objects.get("b/1", 9).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn a_probe_leaves_nothing_behind_and_says_where_nothing_can_be_put() {
        let folder = tempfile::tempdir().unwrap();
        let objects = Objects::folder(folder.path()).unwrap();
        objects.probe("a").await.unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        std::fs::write(folder.path().join("probe"), b"a file, not a folder").unwrap();
        assert!(objects.probe("a").await.is_err());
    }
}

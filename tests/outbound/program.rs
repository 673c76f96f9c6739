//! What a reader's mail program does: openssl and gpg with keys of its own.

use std::process::{Command, Output};

use mail_parser::{MessageParser, MimeHeaders as _};
use tempfile::TempDir;

/// A folder with keys.
pub struct Program(TempDir);

impl Program {
    pub fn new() -> Self {
        Self(tempfile::Builder::new().prefix("mk").tempdir_in("/tmp").unwrap())
    }

    fn try_run(&self, script: &str) -> Output {
        let mut command = Command::new("sh");
        command.args(["-ec", script]).current_dir(self.0.path()).env("GNUPGHOME", self.0.path());
        command.output().unwrap()
    }

    fn run(&self, script: &str) {
        let out = self.try_run(script);
        assert!(out.status.success(), "{script}: {}", String::from_utf8_lossy(&out.stderr));
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.0.path().join(name), content).unwrap();
    }

    fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.0.path().join(name)).unwrap()
    }

    /// A certificate of twenty days for an address, its key beside it.
    pub fn certificate(&self, name: &str, address: &str) -> String {
        let key = match name {
            "rsa" => "-algorithm RSA -pkeyopt rsa_keygen_bits:3072",
            "p384" => "-algorithm EC -pkeyopt ec_paramgen_curve:P-384",
            _ => "-algorithm EC -pkeyopt ec_paramgen_curve:P-256",
        };
        self.run(&format!(
            "[ -e ca.pem ] || openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -subj /CN=Stelle -days 30 -out ca.pem
             openssl genpkey {key} -out {name}.key
             printf 'subjectAltName=email:{address}\\nextendedKeyUsage=emailProtection\\nbasicConstraints=CA:FALSE\\n\
             keyUsage=digitalSignature,keyEncipherment,keyAgreement\\n' >{name}.ext
             openssl req -new -key {name}.key -subj /CN={name} -out {name}.csr
             openssl x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 20 -extfile {name}.ext -out {name}.pem"
        ));
        String::from_utf8(self.read(&format!("{name}.pem"))).unwrap()
    }

    pub fn try_smime_decrypt(&self, name: &str, mail: &[u8]) -> Option<Vec<u8>> {
        self.write("mail.eml", mail);
        let decrypt =
            format!("openssl cms -decrypt -in mail.eml -recip {name}.pem -inkey {name}.key -out inside.eml");
        self.try_run(&decrypt).status.success().then(|| self.read("inside.eml"))
    }

    pub fn smime_decrypt(&self, name: &str, mail: &[u8]) -> Vec<u8> {
        self.try_smime_decrypt(name, mail).expect("it opens to its reader")
    }

    /// Encrypts a text for whoever has this certificate, and signs it before with the key of this name; headers and body,
    /// as lines end in a mail.
    pub fn smime_encrypt(&self, certificate: &str, signer: Option<&str>, text: &str) -> String {
        self.write("answer", format!("Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"));
        if let Some(name) = signer {
            self.run(&format!(
                "openssl cms -sign -in answer -signer {name}.pem -inkey {name}.key -out signed && mv signed answer"
            ));
        }
        self.run(&format!("openssl cms -encrypt -aes-256-cbc -in answer -out answer.eml {certificate}"));
        let mail = String::from_utf8(self.read("answer.eml")).unwrap();
        mail.replace("\r\n", "\n").replace('\n', "\r\n")
    }

    /// Checks the signature, and returns what was signed.
    pub fn smime_verify(&self, signed: &[u8], authority: &str) -> Vec<u8> {
        self.write("signed.eml", signed);
        self.run(&format!(
            "openssl cms -verify -purpose smimesign -CAfile {authority} -in signed.eml -out entity.eml"
        ));
        self.read("entity.eml")
    }

    /// Makes an OpenPGP key, and returns its public half.
    pub fn openpgp(&self, address: &str, algorithm: &str) -> String {
        let quiet = "gpg --batch --yes --quiet --pinentry-mode loopback --passphrase ''";
        let parts = match algorithm {
            "default" => format!("{quiet} --quick-gen-key {address} default default never"),
            _ => format!(
                "{quiet} --quick-gen-key {address} {algorithm} sign never
                 {quiet} --quick-add-key $(gpg --list-keys --with-colons | grep ^fpr | head -1 | cut -d: -f10) {algorithm} encr never"
            ),
        };
        self.run(&format!("{parts}\ngpg --armor --export {address} > key.asc"));
        String::from_utf8(self.read("key.asc")).unwrap()
    }

    /// Opens a mail of PGP/MIME.
    pub fn gpg_decrypt(&self, mail: &[u8]) -> Vec<u8> {
        let read = MessageParser::default().parse(mail).unwrap();
        let part = read.parts.iter().find(|part| part.attachment_name() == Some("encrypted.asc")).unwrap();
        self.write("encrypted.asc", part.contents());
        self.run("gpg --batch --yes --pinentry-mode loopback --passphrase '' --output inside.eml --decrypt encrypted.asc");
        self.read("inside.eml")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = Command::new("gpgconf").args(["--kill", "all"]).env("GNUPGHOME", self.0.path()).status();
    }
}

/// A mail's text.
pub fn text(mail: &[u8]) -> String {
    MessageParser::default().parse(mail).unwrap().body_text(0).unwrap().replace("\r\n", "\n")
}

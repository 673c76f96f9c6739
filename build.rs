//! Embeds what browsers load: packages from npm by lockfile, the product's own style sheet and script.
//!
//! The packages are installed below `OUT_DIR`, never into the source tree. Without npm, `MELDEKETTE_ASSETS_DIR`
//! names a folder that holds the files of `PACKAGES` by their last name.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

const LOCK: &str = "src/web/package-lock.json";
const MANIFEST: &str = "src/web/package.json";

/// The embedded files of the npm packages, below `node_modules`.
const PACKAGES: [&str; 6] = [
    "@kern-ux/native/dist/kern.min.css",
    "@kern-ux/native/dist/fonts/fira-sans/FiraSans-Regular.woff2",
    "@kern-ux/native/dist/fonts/fira-sans/FiraSans-Medium.woff2",
    "@kern-ux/native/dist/fonts/fira-sans/FiraSans-SemiBold.woff2",
    "@kern-ux/native/dist/fonts/fira-sans/FiraSans-Italic.woff2",
    "htmx.org/dist/htmx.min.js",
];

/// Those of the packages' fonts that PDF files are set in as well.
const PRINTED: [&str; 2] = ["FiraSans-Regular.woff2", "FiraSans-SemiBold.woff2"];

/// The product's own files. The style sheet comes last: it names the fonts.
const OWN: [&str; 6] = [
    "src/web/icon.svg",
    "src/web/meldekette.js",
    "src/web/live.js",
    "src/web/desk.js",
    "src/web/upload.js",
    "src/web/meldekette.css",
];

type Result<T> = std::result::Result<T, String>;

fn main() {
    // diesel embeds the migrations, but does not notice a new one.
    for input in OWN.into_iter().chain([LOCK, MANIFEST, "askama.toml", "build.rs", "migrations"]) {
        println!("cargo::rerun-if-changed={input}");
    }
    println!("cargo::rerun-if-env-changed=MELDEKETTE_ASSETS_DIR");
    if let Err(reason) = embed() {
        // One plain sentence for the person who builds, instead of a panic with a backtrace.
        println!("cargo::error={reason}");
        std::process::exit(1);
    }
}

fn embed() -> Result<()> {
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set: build with cargo")?);
    let target = out.join("assets");
    fs::create_dir_all(&target).map_err(|e| format!("{}: {e}", target.display()))?;
    let mut table = String::from("&[\n");
    let mut names: Vec<(String, String)> = Vec::new();
    for path in package_files(&out)?.into_iter().chain(OWN.map(PathBuf::from)) {
        let logical = path.file_name().and_then(|n| n.to_str()).ok_or("an asset without a name")?.to_owned();
        let mut body = fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        if logical == "meldekette.css" {
            body = with_hashed_names(&body, &names)?;
        }
        if PRINTED.contains(&logical.as_str()) {
            write(&target.join(logical.replace(".woff2", ".ttf")), &unpacked(&logical, &body)?)?;
        }
        let digest = hex::encode(&ring::digest::digest(&ring::digest::SHA256, &body).as_ref()[..8]);
        let (stem, extension) = logical.rsplit_once('.').ok_or("an asset without an extension")?;
        let name = format!("{stem}.{digest}.{extension}");
        write(&target.join(&name), &body)?;
        let zipped = gzip(&body)?;
        let worth = zipped.len() < body.len() * 9 / 10;
        if worth {
            write(&target.join(format!("{name}.gz")), &zipped)?;
        }
        add_row(&mut table, &logical, &name, &digest, mime(extension)?, worth);
        names.push((logical, name));
    }
    table.push_str("]\n");
    write(&out.join("assets.rs"), table.as_bytes())
}

fn add_row(table: &mut String, logical: &str, name: &str, digest: &str, mime: &str, zipped: bool) {
    let include =
        |suffix: &str| format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/assets/{name}{suffix}\"))");
    let gzip = if zipped { format!("Some({})", include(".gz")) } else { "None".to_owned() };
    let body = include("");
    let _ = writeln!(
        table,
        "    Asset {{ logical: {logical:?}, url: \"/assets/{name}\", etag: \"\\\"{digest}\\\"\", mime: {mime:?}, body: {body}, gzip: {gzip} }},"
    );
}

fn mime(extension: &str) -> Result<&'static str> {
    match extension {
        "css" => Ok("text/css; charset=utf-8"),
        "js" => Ok("text/javascript; charset=utf-8"),
        "svg" => Ok("image/svg+xml"),
        "woff2" => Ok("font/woff2"),
        other => Err(format!("no MIME type is known for .{other}")),
    }
}

/// Puts the hashed name where the style sheet says `url("file")`.
fn with_hashed_names(css: &[u8], names: &[(String, String)]) -> Result<Vec<u8>> {
    let mut css = String::from_utf8(css.to_vec()).map_err(|e| format!("meldekette.css: {e}"))?;
    for (logical, name) in names {
        css = css.replace(&format!("url(\"{logical}\")"), &format!("url(\"{name}\")"));
    }
    Ok(css.into_bytes())
}

/// The font as PDF files embed it. Packages for browsers bring the packed form (WOFF 2) alone.
fn unpacked(name: &str, woff2: &[u8]) -> Result<Vec<u8>> {
    wuff::decompress_woff2(woff2).map_err(|e| format!("{name}: {e:?}"))
}

fn gzip(body: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(body).and_then(|()| encoder.finish()).map_err(|e| format!("gzip: {e}"))
}

fn write(path: &Path, body: &[u8]) -> Result<()> {
    fs::write(path, body).map_err(|e| format!("{}: {e}", path.display()))
}

fn package_files(out: &Path) -> Result<Vec<PathBuf>> {
    if let Some(dir) = env::var_os("MELDEKETTE_ASSETS_DIR") {
        let dir = PathBuf::from(dir);
        let files = PACKAGES.map(|file| dir.join(file.rsplit('/').next().unwrap_or(file)));
        for file in &files {
            println!("cargo::rerun-if-changed={}", file.display());
            if !file.is_file() {
                return Err(format!("MELDEKETTE_ASSETS_DIR is set, but {} is missing", file.display()));
            }
        }
        return Ok(files.into());
    }
    let modules = install(&out.join("npm"))?;
    Ok(PACKAGES.map(|file| modules.join(file)).into())
}

/// Installs the locked packages once for each content of the lockfile.
fn install(dir: &Path) -> Result<PathBuf> {
    let modules = dir.join("node_modules");
    let done = dir.join("installed.json");
    let lock = fs::read(LOCK).map_err(|e| format!("{LOCK}: {e}"))?;
    if fs::read(&done).is_ok_and(|installed| installed == lock)
        && PACKAGES.iter().all(|f| modules.join(f).is_file())
    {
        return Ok(modules);
    }
    fs::create_dir_all(dir).map_err(|e| format!("{}: {e}", dir.display()))?;
    for file in [MANIFEST, LOCK] {
        let name = file.rsplit('/').next().unwrap_or(file);
        fs::copy(file, dir.join(name)).map_err(|e| format!("{file}: {e}"))?;
    }
    let npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" })
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"])
        .current_dir(dir)
        .output()
        .map_err(|e| format!("npm could not be started ({e}). {WITHOUT_NPM}"))?;
    if !npm.status.success() {
        let said = String::from_utf8_lossy(&npm.stderr).trim().replace('\n', " | ");
        return Err(format!("`npm ci` failed: {said}. {WITHOUT_NPM}"));
    }
    write(&done, &lock)?;
    Ok(modules)
}

const WITHOUT_NPM: &str = "Install Node with npm (Debian: nodejs npm) and let it reach a registry, or set \
    MELDEKETTE_ASSETS_DIR to a folder with kern.min.css, FiraSans-{Regular,Medium,SemiBold,Italic}.woff2 and htmx.min.js";

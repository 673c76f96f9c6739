// Sends the files of a form marked data-upload piece by piece, and goes on by itself after a break. Without this file
// the form sends them in one go.
"use strict";
(() => {
  const form = document.querySelector("form[data-upload]");
  if (!form) return;
  const { upload: base, coming, done, waiting, failed, again } = form.dataset;
  const list = form.querySelector(".mk-progress");
  const drop = form.querySelector(".mk-drop");
  const [LEAST, MOST] = [4 << 20, 32 << 20];
  const pause = (seconds) => new Promise((go) => setTimeout(go, seconds * 1000));
  const token = () => form.elements.csrf.value;

  const request = (method, url, headers, body, progress) =>
    new Promise((answer) => {
      const xhr = new XMLHttpRequest();
      xhr.open(method, url);
      for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
      xhr.upload.onprogress = (event) => progress?.(event.loaded);
      xhr.onloadend = () => {
        let told = {};
        try {
          told = JSON.parse(xhr.responseText);
        } catch {
          // An error page, or nothing.
        }
        answer({ status: xhr.status, told, wait: Number(xhr.getResponseHeader("retry-after")) });
      };
      xhr.send(body);
    });

  const row = (file) => {
    const item = document.createElement("li");
    const name = document.createElement("span");
    name.textContent = file.name;
    const bar = document.createElement("progress");
    bar.max = file.size;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    const state = document.createElement("span");
    state.className = "mk-small mk-muted";
    item.append(name, " ", bar, " ", state);
    list.append(item);
    list.hidden = false;
    return {
      at: (bytes) => (bar.value = bytes),
      say: (text) => state.textContent !== text && (state.textContent = text),
      retry: (send) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "mk-btn";
        button.textContent = again;
        button.addEventListener("click", () => {
          button.remove();
          send();
        });
        item.append(" ", button);
      },
    };
  };

  // Whether it may go better by itself: no connection, too much at once, the server starts anew.
  const passes = (status) => status === 0 || status === 408 || status === 429 || status >= 500;

  const send = async (file, fields, line) => {
    const announced = new URLSearchParams({
      csrf: token(),
      ...fields,
      name: file.name,
      groesse: file.size,
      art: file.type,
      marke: String(file.lastModified),
    });
    let [piece, failures] = [LEAST, 0];
    for (;;) {
      line.say(coming);
      const begun = await request("POST", `${base}/beginn`, {}, announced);
      let { datei, erhalten, fertig, grund } = begun.told;
      while (begun.status === 200 && !fertig) {
        line.at(erhalten);
        const [from, since] = [erhalten, performance.now()];
        const headers = { "x-form-token": token(), "upload-offset": String(from) };
        const body = file.slice(from, from + piece);
        const sent = await request("PATCH", `${base}/${datei}`, headers, body, (n) => line.at(from + n));
        ({ erhalten = from, fertig = false, grund } = sent.told);
        if (sent.status !== 200) {
          piece = LEAST;
          begun.status = sent.status;
          begun.wait = sent.wait;
          break;
        }
        failures = 0;
        if (performance.now() - since < 2000) piece = Math.min(piece * 2, MOST);
      }
      if (fertig) {
        line.at(file.size);
        line.say(done);
        return true;
      }
      // 409: somewhere else it came further; asking again says how far.
      failures += 1;
      if (!(passes(begun.status) || begun.status === 409) || failures > 500) {
        line.say(grund || failed);
        return false;
      }
      line.say(waiting);
      const seconds = begun.wait || Math.min(2 ** Math.min(failures, 5), 30);
      await Promise.race([pause(seconds), new Promise((go) => addEventListener("online", go, { once: true }))]);
    }
  };

  let queue = Promise.resolve(true);
  let [open, refused] = [0, 0];
  const take = (files) => {
    const fields = { an: form.elements.an?.value ?? "" };
    if (form.elements.verdacht?.checked) fields.verdacht = "ja";
    for (const file of files) {
      const line = row(file);
      const run = () => {
        open += 1;
        queue = queue.then(() => send(file, fields, line)).then((came) => {
          open -= 1;
          if (!came) {
            refused += 1;
            line.retry(() => {
              refused -= 1;
              run();
            });
          }
          // The page as it is now shows what came.
          if (open === 0 && refused === 0) location.assign(base);
        });
      };
      run();
    }
  };

  const inputs = [...form.querySelectorAll("input[type=file]")];
  form.addEventListener("submit", (event) => {
    const files = inputs.flatMap((input) => [...input.files]);
    if (files.length === 0) return;
    event.preventDefault();
    for (const input of inputs) input.value = "";
    take(files);
  });

  drop.hidden = false;
  for (const kind of ["dragover", "dragenter"]) {
    form.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  form.addEventListener("dragleave", () => drop.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    take([...event.dataTransfer.files]);
  });
  addEventListener("beforeunload", (event) => {
    if (open > 0) event.preventDefault();
  });
})();

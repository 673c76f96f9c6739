// Progressive enhancement only: every page works without this file.
"use strict";
(() => {
  // ---- countdowns: [data-due] holds an instant; the server's clock counts, not the visitor's ----
  const ahead = Date.parse(document.body.dataset.now) - Date.now();
  const words = (minutes) => {
    if (minutes < 60) return `${minutes} min`;
    if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
    return `${Math.floor(minutes / 1440)} Tg`;
  };
  const count = () => {
    for (const mark of document.querySelectorAll("[data-due]")) {
      const left = Date.parse(mark.dataset.due) - (Date.now() + ahead);
      const text = words(Math.floor(Math.abs(left) / 60000));
      mark.textContent = left < 0 ? `${mark.dataset.late} ${text}` : text;
      mark.classList.toggle("late", left < 0);
    }
  };
  if (document.querySelector("[data-due]")) {
    count();
    setInterval(count, 15000);
  }

  // ---- j, k, o, v, space: move through the rows of a table marked data-keys, look into one, mark it ----
  const off = () => localStorage.getItem("mk-keys") === "off";
  const toggles = () => document.querySelectorAll("[data-keys-toggle]");
  const showOff = () => toggles().forEach((toggle) => toggle.setAttribute("aria-pressed", String(off())));
  for (const toggle of toggles()) toggle.closest("[data-keys-hint]").hidden = false;
  showOff();
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-keys-toggle]")) return;
    localStorage.setItem("mk-keys", off() ? "on" : "off");
    showOff();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, dialog");
    if (typing || off() || event.ctrlKey || event.metaKey || event.altKey) return;
    const links = [...document.querySelectorAll("table[data-keys] tbody tr")]
      .map((row) => row.querySelector("th a, td a"))
      .filter(Boolean);
    const here = links.findIndex((link) => link.closest("tr").contains(document.activeElement));
    const step = { j: 1, k: -1 }[event.key];
    if (step) links[Math.min(Math.max(here + step, 0), links.length - 1)]?.focus();
    if (here < 0) return;
    const box = links[here].closest("tr").querySelector("input[type=checkbox]");
    if (event.key === " " && box) {
      event.preventDefault();
      return box.click();
    }
    const isPreviewed = links[here].closest("tr").hasAttribute("aria-current");
    // Nobody accepts what they have not seen: first comes the preview.
    if (event.key !== "o" && (event.key !== "v" || isPreviewed)) return;
    event.stopImmediatePropagation();
    // The row that is previewed already opens whole.
    const whole = isPreviewed && document.querySelector("[data-keys-open]");
    if (whole) return whole.click();
    const to = new URL(links[here].href);
    // With the fragment the browser would move the focus away from the rows.
    to.hash = "";
    sessionStorage.setItem("mk-keys-row", "kept");
    location.assign(to);
  });
  // A preview opened by key is a new page: its row has the focus again, so that j, k and o go on from there.
  if (sessionStorage.getItem("mk-keys-row")) {
    sessionStorage.removeItem("mk-keys-row");
    // The fragment of an answer would take the focus away when the page is whole.
    history.replaceState(null, "", location.pathname + location.search);
    const row = document.querySelector("table[data-keys] tr[aria-current]");
    row?.querySelector("a").focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" });
  }

  // ---- [data-key]: a key leads to the first field of a place, Escape out of a field. Nothing is pressed by a key but
  // what is marked data-key-press, which changes nothing that cannot be changed back. data-key-to: the field that the
  // choice is for. ----
  const reach = (place) => {
    if (place.matches("details")) place.open = true;
    if (place.dataset.keyTo) {
      (document.getElementById(place.dataset.keyChoose) ?? place.querySelector("input")).click();
      return document.getElementById(place.dataset.keyTo)?.focus();
    }
    if ("keyPress" in place.dataset) {
      // In a list the row that is previewed next has the focus again.
      if (document.querySelector("table[data-keys]")) sessionStorage.setItem("mk-keys-row", "kept");
      return place.querySelector("button, a")?.click();
    }
    const first = place.querySelector("input:not([type=hidden]), textarea, select, button");
    const chosen = first?.type === "radio" && place.querySelector(`[name="${first.name}"]:checked`);
    (chosen || first)?.focus();
    // What stands there already is typed over.
    if (first?.matches("input:not([type=radio], [type=checkbox])")) first.select();
  };
  document.addEventListener("mk-reach", (event) => reach(event.target));
  document.addEventListener("keydown", (event) => {
    if (off() || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select, dialog");
    if (typing && event.key === "Escape" && document.querySelector("[data-key]")) return event.target.blur();
    const place = !typing && document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!place) return;
    event.preventDefault();
    reach(place);
  });

  // ---- [data-confirm]: asks before a form is sent, naming the thing ----
  const ask = (question) =>
    new Promise((answer) => {
      const dialog = document.createElement("dialog");
      dialog.className = "kern-dialog mk-dialog";
      const text = document.createElement("p");
      text.className = "kern-dialog__body";
      text.id = "rueckfrage";
      text.textContent = question;
      dialog.setAttribute("aria-labelledby", text.id);
      const form = document.createElement("form");
      form.method = "dialog";
      form.className = "kern-dialog__footer";
      for (const [value, look] of [["no", "secondary"], ["yes", "primary"]]) {
        const button = document.createElement("button");
        button.className = `kern-btn kern-btn--${look}`;
        button.value = value;
        const label = document.createElement("span");
        label.className = "kern-label";
        label.textContent = document.body.dataset[value];
        button.append(label);
        form.append(button);
      }
      dialog.append(text, form);
      dialog.addEventListener("close", () => {
        dialog.remove();
        answer(dialog.returnValue === "yes");
      });
      document.body.append(dialog);
      dialog.showModal();
    });
  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    const question = submitter?.dataset.confirm ?? form.dataset.confirm;
    if (!question || form.dataset.confirmed) return;
    event.preventDefault();
    ask(question).then((yes) => {
      if (!yes) return submitter?.focus();
      form.dataset.confirmed = "yes";
      form.requestSubmit(submitter);
      delete form.dataset.confirmed;
    });
  });

  // ---- [data-autosave]: what is typed is saved while somebody types, by the form's own address ----
  for (const form of document.querySelectorAll("form[data-autosave]")) {
    const line = document.querySelector("[data-autosaved]");
    const zone = { timeZone: "Europe/Berlin", hour: "2-digit", minute: "2-digit" };
    let timer;
    let running;
    let sent = false;
    const told = (text, well) => {
      line.textContent = text;
      line.parentElement.classList.toggle("mk-tag--warn", !well);
    };
    const send = async () => {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { Prefer: "return=minimal" },
        redirect: "manual",
        // Outlives the page; a browser takes 64 KiB of it, so only where it must be.
        keepalive: document.hidden,
        signal: AbortSignal.timeout(10000),
      });
      if (answer.status !== 204) throw new Error(answer.status);
      form.elements.version.value = answer.headers.get("ETag").replaceAll('"', "");
      const now = new Date(Date.now() + ahead).toLocaleTimeString("de-DE", zone);
      told(line.dataset.autosaved.replace("TIME", now), true);
    };
    // [data-part] of a form marked data-fresh: what the server shows there after what was saved. What somebody is
    // typing in stays as it is.
    const parts = form.hasAttribute("data-fresh") ? [...form.querySelectorAll("[data-part]")] : [];
    const shown = new Map(parts.map((part) => [part.id, part.innerHTML]));
    const refresh = async () => {
      if (parts.length === 0 || document.hidden) return;
      const answer = await fetch(form.action, { redirect: "error", signal: AbortSignal.timeout(10000) });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (timer || running || sent) return;
      for (const part of parts) {
        const now = fresh.getElementById(part.id);
        if (!now || now.innerHTML === shown.get(part.id) || part.contains(document.activeElement)) continue;
        shown.set(part.id, now.innerHTML);
        part.replaceChildren(...now.childNodes);
      }
    };
    const save = () => {
      clearTimeout(timer);
      timer = undefined;
      if (running) return later();
      running = send()
        .then(() => void refresh().catch(() => {}))
        .catch(() => {
          told(line.dataset.unsaved, false);
          if (!sent) later(5000);
        })
        .finally(() => (running = undefined));
    };
    const later = (wait = 1000) => {
      clearTimeout(timer);
      timer = setTimeout(save, wait);
    };
    form.addEventListener("input", () => later());
    // A choice is whole at once.
    form.addEventListener("change", () => later(100));
    // Who leaves in the middle of a word finds it again.
    document.addEventListener("visibilitychange", () => {
      if (document.hidden && timer && !sent) save();
    });
    // The version that the last save made belongs to what is sent.
    form.addEventListener("submit", (event) => {
      clearTimeout(timer);
      sent = true;
      if (!running) return;
      event.preventDefault();
      running.then(() => form.requestSubmit(event.submitter));
    });
  }

  // ---- refused input: the summary is read first ----
  document.querySelector(".mk-errors")?.focus();
})();

// Keys, the sheet that explains them, and the command palette of the team's pages. Every page works without this file.
"use strict";
(() => {
  const words = document.querySelector("[data-palette]")?.dataset;
  if (!words) return;
  const off = () => localStorage.getItem("mk-keys") === "off";
  const isTyping = (target) =>
    target.isContentEditable || target.closest("input:not([type=radio], [type=checkbox], [type=button], [type=submit]), textarea, select, dialog");
  const links = () => [...document.querySelectorAll(".mk-nav a")];

  // ---- dialogs ----
  const dialogOf = (label) => {
    const dialog = document.createElement("dialog");
    dialog.className = "kern-dialog mk-dialog";
    dialog.setAttribute("aria-label", label);
    dialog.addEventListener("close", () => dialog.remove());
    // A touch beside it closes it.
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    document.body.append(dialog);
    return dialog;
  };
  const button = (label, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "mk-btn";
    made.textContent = label;
    made.addEventListener("click", act);
    return made;
  };
  const fetched = async (url, signal) => {
    const answer = await fetch(url, { redirect: "error", signal: signal ?? AbortSignal.timeout(10000) });
    if (!answer.ok) throw new Error(answer.status);
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  };

  const showSheet = async () => {
    if (document.querySelector("dialog[open]")) return;
    try {
      const sheet = (await fetched("/tasten")).querySelector("[data-keys-sheet]");
      const dialog = dialogOf(words.sheet);
      const body = document.createElement("div");
      body.className = "kern-dialog__body mk-flow";
      dialog.classList.add("mk-dialog--wide");
      // It is read from its top.
      sheet.tabIndex = -1;
      sheet.autofocus = true;
      body.append(document.adoptNode(sheet), button(words.close, () => dialog.close()));
      body.querySelectorAll("[data-keys-hint]").forEach((hint) => (hint.hidden = false));
      body.querySelectorAll("[data-keys-toggle]").forEach((toggle) => toggle.setAttribute("aria-pressed", String(off())));
      dialog.append(body);
      dialog.showModal();
    } catch {
      location.assign("/tasten");
    }
  };

  // ---- the palette: a combobox with a list (WAI-ARIA Authoring Practices) ----
  const reach = (place) => place.dispatchEvent(new CustomEvent("mk-reach", { bubbles: true }));
  const nameOf = (place) =>
    (place.dataset.keyName ?? (place.querySelector("summary, h2, legend, label, button") ?? place).textContent).replace(/\s*…$/, "").trim();
  const commands = () => [
    ...[...document.querySelectorAll("[data-key]")].map((place) => ({ name: nameOf(place), kind: words.action, key: place.dataset.key, act: () => reach(place) })),
    ...links().map((link) => ({ name: link.textContent.trim(), kind: words.place, act: () => location.assign(link.href) })),
    { name: words.sheet, kind: words.place, key: "?", act: () => void showSheet() },
  ];
  const openPalette = () => {
    if (document.querySelector("dialog[open]")) return;
    const dialog = dialogOf(words.palette);
    const label = document.createElement("label");
    label.htmlFor = "palette";
    label.textContent = words.label;
    const field = document.createElement("input");
    Object.assign(field, { id: "palette", type: "text", className: "mk-field mk-full", autocomplete: "off", maxLength: 100 });
    const list = document.createElement("ul");
    Object.assign(list, { id: "palette-liste", className: "mk-palette" });
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", words.palette);
    for (const [name, value] of [["role", "combobox"], ["aria-expanded", "true"], ["aria-controls", list.id], ["aria-autocomplete", "list"]]) {
      field.setAttribute(name, value);
    }
    const count = document.createElement("p");
    count.className = "mk-muted mk-small";
    count.setAttribute("role", "status");
    const body = document.createElement("div");
    body.className = "kern-dialog__body mk-flow";
    body.append(label, field, list, count, button(words.close, () => dialog.close()));
    dialog.append(body);

    const all = commands();
    let cases = [];
    let shown = [];
    let chosen = 0;
    const choose = (index) => {
      chosen = Math.max(0, Math.min(index, shown.length - 1));
      [...list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === chosen)));
      const option = list.children[chosen];
      if (option) field.setAttribute("aria-activedescendant", option.id);
      else field.removeAttribute("aria-activedescendant");
      option?.scrollIntoView({ block: "nearest" });
    };
    const run = (index) => {
      const command = shown[index];
      if (!command) return;
      dialog.close();
      command.act();
    };
    const draw = () => {
      const typed = field.value.trim().toLowerCase();
      shown = [...all.filter((one) => one.name.toLowerCase().includes(typed)), ...cases].slice(0, 30);
      list.replaceChildren(...shown.map((one, index) => {
        const option = document.createElement("li");
        option.id = `palette-${index}`;
        option.setAttribute("role", "option");
        const name = document.createElement("span");
        name.textContent = one.name;
        const kind = document.createElement("span");
        kind.className = "mk-muted mk-small";
        kind.textContent = one.key ? `${one.kind} · ${one.key}` : one.kind;
        option.append(name, " ", kind);
        option.addEventListener("click", () => run(index));
        return option;
      }));
      list.hidden = shown.length === 0;
      field.setAttribute("aria-expanded", String(shown.length > 0));
      count.textContent = shown.length === 0 ? words.none : words.count.replace("COUNT", shown.length);
      choose(0);
    };
    let pause;
    let running;
    field.addEventListener("input", () => {
      clearTimeout(pause);
      running?.abort();
      cases = [];
      draw();
      const typed = field.value.trim();
      if (typed.length < 3) return;
      pause = setTimeout(async () => {
        running = new AbortController();
        const { signal } = running;
        try {
          const found = await fetched(`/befehle?${new URLSearchParams({ q: typed })}`, signal);
          if (signal.aborted || !dialog.open) return;
          cases = [...found.querySelectorAll("[data-palette-cases] a")].map((link) => {
            const to = link.getAttribute("href");
            return { name: link.textContent.trim(), kind: words.case, act: () => location.assign(to) };
          });
          const before = chosen;
          draw();
          choose(before);
        } catch {
          // The places are still there.
        }
      }, 250);
    });
    field.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        event.preventDefault();
        const length = shown.length || 1;
        choose((chosen + step + length) % length);
      } else if (event.key === "Enter") {
        event.preventDefault();
        run(chosen);
      }
    });
    dialog.addEventListener("close", () => {
      clearTimeout(pause);
      running?.abort();
    });
    draw();
    dialog.showModal();
    field.focus();
  };
  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const opener = event.target.closest("[data-palette], [data-sheet-open]");
    if (!opener) return;
    event.preventDefault();
    if (opener.matches("[data-palette]")) openPalette();
    else void showSheet();
  });

  // ---- from list to case and on to the next ----
  const rows = () => [...document.querySelectorAll("table[data-live-list] tbody th a")];
  const isCase = location.pathname.match(/^\/vorgaenge\/([^/]+)$/);
  const remember = () => {
    const all = rows().map((link) => link.textContent.trim());
    if (all.length > 0) sessionStorage.setItem("mk-list", JSON.stringify(all));
  };
  if (document.querySelector("table[data-live-list]")) addEventListener("pagehide", remember);
  const next = (step) => {
    const all = JSON.parse(sessionStorage.getItem("mk-list") ?? "[]");
    const here = all.indexOf(decodeURIComponent(isCase[1]));
    const to = here < 0 ? undefined : all[here + step];
    if (to) location.assign(`/vorgaenge/${encodeURIComponent(to)}`);
    else location.assign("/eingang");
  };
  // A key of the case that was pressed in the list leads to its form.
  const asked = location.hash.match(/^#taste-(\w)$/);
  const asks = asked && document.querySelector(`[data-key="${CSS.escape(asked[1])}"]`);
  if (asks) reach(asks);

  // ---- single keys, switched off as all others ----
  const WAYS = { e: "/eingang", t: "/telefon", u: "/aufgaben", m: "/posteingang", w: "/warnmeldungen", r: "/register", p: "/protokoll", k: "/konto", a: "/konten", q: "/warteschlangen" };
  const CASE_KEYS = "usznmwaxbief";
  let chord = 0;
  document.addEventListener("keydown", (event) => {
    const take = (act) => {
      event.preventDefault();
      event.stopImmediatePropagation();
      act();
    };
    if (event.isComposing || event.altKey) return;
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "k") {
      if (!document.querySelector("dialog[open]")) take(openPalette);
      return;
    }
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && !off()) {
      const form = event.target.closest("main form");
      const shown = [...(form?.querySelectorAll("button:not([type=button])") ?? [])].filter((one) => one.offsetParent);
      // A field beside a button of its own is for that one.
      const own = shown.find((one) => one.parentElement === event.target.parentElement && one.hasAttribute("formaction"));
      const all = shown.filter((one) => !one.hasAttribute("formaction"));
      const sends = own ?? all.find((one) => one.matches(".mk-btn--go, .kern-btn--primary")) ?? all[0];
      if (sends) take(() => form.requestSubmit(sends));
      return;
    }
    if (event.ctrlKey || event.metaKey || off() || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const isChord = chord && event.timeStamp - chord < 1500;
    chord = 0;
    if (isChord) {
      const link = WAYS[event.key] && links().find((one) => one.getAttribute("href") === WAYS[event.key]);
      return take(() => link && location.assign(link.href));
    }
    if (event.key === "g") return take(() => (chord = event.timeStamp));
    if (event.key === "?") return take(() => void showSheet());
    if (event.key === ":") return take(openPalette);
    if (event.key === "/") {
      const search = document.querySelector("[role=search] input");
      return take(() => (search ? search.select() || search.focus() : openPalette()));
    }
    if (event.key === "l") {
      const news = document.querySelector("[data-live-news]:not([hidden]) button");
      const again = news ?? document.querySelector("[data-reload]");
      if (again) return take(() => again.click());
    }
    if (isCase && (event.key === "j" || event.key === "k")) return take(() => next(event.key === "j" ? 1 : -1));
    // What is marked is meant before the row.
    const marked = document.querySelector("table[data-keys] td input:checked") && document.querySelector(`[data-mark-key="${CSS.escape(event.key)}"]`);
    if (marked) return take(() => marked.click());
    if (CASE_KEYS.includes(event.key) && event.key.length === 1) {
      const here = event.target.closest("tr[aria-current]");
      // What the preview offers itself is done there.
      if (here && document.querySelector(`[data-key="${CSS.escape(event.key)}"]`)) return;
      const row = event.target.closest("table[data-live-list] tbody tr");
      const reference = row?.querySelector("th a")?.textContent.trim();
      if (reference) return take(() => location.assign(`/vorgaenge/${encodeURIComponent(reference)}#taste-${event.key}`));
    }
  }, { capture: true });
})();

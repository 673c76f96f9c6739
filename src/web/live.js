// Live updates: a page that is told of a change fetches by itself what it may see. Every page works without this file.
"use strict";
(() => {
  const place = document.querySelector("[data-live]");
  if (!place || !window.EventSource) return;
  const words = place.dataset;
  const at = (name) => document.querySelector(`[data-live-${name}]`);
  const sign = at("sign");
  const say = at("say");
  const clock = { timeZone: "Europe/Berlin", hour: "2-digit", minute: "2-digit" };
  const ahead = Date.parse(document.body.dataset.now) - Date.now();

  // ---- the connection: with jitter and bounded waits, and given back while nobody looks ----
  let known = document.body.dataset.now;
  let source;
  let timer;
  let failures = 0;
  let lost;
  let isWriting = false;
  const tell = (text, tone) => {
    if (!sign) return;
    sign.hidden = false;
    sign.textContent = text;
    sign.classList.toggle("mk-tag--ok", tone === "ok");
    sign.classList.toggle("mk-tag--warn", tone === "warn");
  };
  const close = () => {
    clearTimeout(timer);
    source?.close();
    source = undefined;
  };
  const later = (wait) => {
    close();
    timer = setTimeout(connect, wait);
  };
  const connect = () => {
    close();
    if (document.hidden) return;
    const query = new URLSearchParams({ seit: known });
    if (isWriting) query.set("schreibt", "ja");
    source = new EventSource(`${words.live}?${query}`);
    source.addEventListener("open", () => {
      failures = 0;
      lost = undefined;
      words.state = "on";
      tell(words.on, "ok");
    });
    source.addEventListener("error", () => {
      lost ??= new Date(Date.now() + ahead).toLocaleTimeString("de-DE", clock);
      words.state = "off";
      tell(words.off?.replace("TIME", lost), "warn");
      failures += 1;
      later(Math.min(60000, 1000 * 2 ** failures) * (0.5 + Math.random() / 2));
    });
    const on = (name, act) =>
      source.addEventListener(name, (event) => {
        if (event.lastEventId) known = event.lastEventId;
        act(event);
      });
    on("neu", () => later(200 + Math.random() * 1800));
    on("liste", () => soon());
    on("vorgang", () => news());
    on("andere", (event) => others(JSON.parse(event.data)));
  };
  let away;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(away);
    if (document.hidden) away = setTimeout(close, 20000);
    else if (!source) connect();
  });
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => event.persisted && connect());

  // ---- the list: rows are exchanged around the one that somebody is at ----
  const table = () => document.querySelector("table[data-live-list]");
  const keyOf = (row) => row.querySelector("th a")?.textContent.trim();
  const rowsOf = (part) => [...(part?.tBodies[0]?.rows ?? [])];
  const drawn = new Map(rowsOf(table()).map((row) => [keyOf(row), cellsOf(row)]));
  function cellsOf(row) {
    return [...row.cells].map((cell) => cell.innerHTML);
  }
  const isBusy = (part) =>
    part.contains(document.activeElement) ||
    [...part.querySelectorAll("input, textarea, select")].some((field) =>
      field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked
        : field.options ? [...field.options].some((option) => option.selected !== option.defaultSelected)
          : field.type !== "hidden" && field.value !== field.defaultValue);
  const mark = (row, text) => {
    if (row.querySelector("[data-live-mark]")) return;
    const tag = document.createElement("span");
    tag.className = "mk-tag mk-tag--info";
    tag.dataset.liveMark = "";
    tag.textContent = text;
    row.querySelector(".wide")?.prepend(tag, " ");
  };
  // What changed in a row is exchanged cell by cell; a cell in which somebody is at work stays.
  const refresh = (row, fresh) => {
    const before = drawn.get(keyOf(fresh)) ?? [];
    const now = cellsOf(fresh).map((html, index) => {
      const cell = row.cells[index];
      if (html === before[index] || !cell) return html;
      // The next time it is tried again.
      if (isBusy(cell)) return before[index];
      cell.innerHTML = html;
      cell.className = fresh.cells[index].className;
      cell.title = fresh.cells[index].title;
      return html;
    });
    drawn.set(keyOf(fresh), now);
    row.classList.toggle("new", fresh.classList.contains("new"));
  };
  // The row that somebody is at, or looks at.
  const rowOf = (body) =>
    [...body.rows].find((row) => row.contains(document.activeElement))
    ?? body.querySelector("tr:hover") ?? body.querySelector("tr[aria-current]")
    ?? (scrollY > 0 ? [...body.rows].find((row) => row.getBoundingClientRect().bottom > 0) : undefined);
  const exchange = (body, fresh, stays) => {
    const old = new Map([...body.rows].map((row) => [keyOf(row), row]));
    const keys = new Set(fresh.map(keyOf));
    for (const key of drawn.keys()) if (!keys.has(key)) drawn.delete(key);
    const wanted = fresh.map((row) => {
      const here = old.get(keyOf(row));
      if (here) {
        refresh(here, row);
        return here;
      }
      drawn.set(keyOf(row), cellsOf(row));
      mark(row, words.fresh);
      return document.adoptNode(row);
    });
    const added = wanted.filter((row) => !old.has(keyOf(row))).length;
    // The row that stays is never taken out, or it would lose the focus.
    const middle = wanted.indexOf(stays);
    if (stays && middle < 0) mark(stays, words.gone);
    for (const row of [...body.rows]) if (row !== stays && !wanted.includes(row)) row.remove();
    const before = middle < 0 ? [] : wanted.slice(0, middle);
    const behind = middle < 0 ? wanted : wanted.slice(middle + 1);
    for (const row of before) body.insertBefore(row, stays);
    for (const row of behind) body.append(row);
    return added;
  };
  const page = async (url, headers) => {
    const answer = await fetch(url, { headers, redirect: "error", signal: AbortSignal.timeout(10000) });
    if (!answer.ok) throw new Error(answer.status);
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  };
  // [data-live-part]: what the server shows there now, where nobody is at work.
  const exchangeParts = (fresh) => {
    for (const part of document.querySelectorAll("[data-live-part]")) {
      const now = fresh.getElementById(part.id);
      if (!now || now.innerHTML === part.innerHTML || isBusy(part)) continue;
      const open = [...part.querySelectorAll("details")].map((details) => details.open);
      part.replaceChildren(...[...now.childNodes].map((node) => document.adoptNode(node)));
      part.querySelectorAll("details").forEach((details, index) => (details.open ||= open[index]));
    }
  };
  let fetched = 0;
  let waits;
  const fetchList = async () => {
    waits = undefined;
    fetched = Date.now();
    // The list alone: a preview is a view of a case, which is recorded.
    const url = new URL(location.href);
    url.searchParams.delete("vorschau");
    url.hash = "";
    const fresh = await page(url, { "X-Live": "1" });
    const now = fresh.querySelector("table[data-live-list]");
    const known = table();
    let added = 0;
    const stays = known && rowOf(known.tBodies[0]);
    const top = stays?.getBoundingClientRect().top;
    if (known && now) {
      added = exchange(known.tBodies[0], rowsOf(now), stays);
    } else if (now && !known) {
      const empty = document.querySelector(".mk-empty");
      const split = now.closest(".mk-split");
      added = rowsOf(now).length;
      for (const row of rowsOf(now)) drawn.set(keyOf(row), cellsOf(row));
      empty?.replaceWith(document.adoptNode(split));
    } else if (known && !now) {
      exchange(known.tBodies[0], [], stays);
    }
    exchangeParts(fresh);
    if (stays) scrollBy({ top: stays.getBoundingClientRect().top - top });
    if (added > 0 && say) say.textContent = added === 1 ? words.one : words.many.replace("COUNT", added);
  };
  const soon = () => {
    if (!("liveRows" in words) || waits || document.hidden) return;
    const wait = Math.max(0, fetched + 1500 - Date.now()) + Math.random() * 300;
    waits = setTimeout(() => void fetchList().catch(() => {}), wait);
  };
  // What time alone changes: ages, and cases that come back.
  if ("liveRows" in words) setInterval(soon, 55000 + Math.random() * 10000);

  // ---- the case: says that there is something new, and shows it when asked ----
  const bar = at("news");
  const news = () => {
    if (!bar) return;
    bar.hidden = false;
  };
  bar?.querySelector("button").addEventListener("click", async () => {
    try {
      const fresh = await page(words.live.replace(/\/live$/, "") + location.search);
      known = fresh.body.dataset.now;
      exchangeParts(fresh);
      // Whoever sees the new state may change it.
      const version = fresh.querySelector("input[name=version]")?.value;
      if (version) for (const field of document.querySelectorAll("input[name=version]")) field.value = version;
      bar.hidden = true;
      const heading = document.querySelector("h1");
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
    } catch {
      bar.querySelector("span").textContent = words.failed;
    }
  });

  // ---- who else is at this case ----
  const hint = at("others");
  const others = (list) => {
    if (!hint) return;
    const names = (some) => new Intl.ListFormat("de").format(some.map((one) => one.name));
    const writing = list.filter((one) => one.schreibt);
    const looking = list.filter((one) => !one.schreibt);
    const lines = [
      writing.length > 0 && (writing.length === 1 ? words.writesOne : words.writesMany).replace("NAMES", names(writing)),
      looking.length > 0 && (looking.length === 1 ? words.looksOne : words.looksMany).replace("NAMES", names(looking)),
    ];
    hint.textContent = lines.filter(Boolean).join(" ");
    hint.hidden = list.length === 0;
  };
  if (hint) {
    let pause;
    const look = () => {
      const now = [...document.querySelectorAll("main form")].some((form) =>
        [...form.querySelectorAll("textarea, input:not([type=hidden]), select")].some((field) =>
          field.matches("textarea, input:not([type=radio], [type=checkbox])") && field.value !== field.defaultValue));
      if (now === isWriting) return;
      isWriting = now;
      if (source) connect();
    };
    document.addEventListener("input", () => {
      clearTimeout(pause);
      pause = setTimeout(look, 600);
    });
  }

  connect();
})();

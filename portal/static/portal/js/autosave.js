/* Autosave of one item at a time: form[data-autosave]. Protocol and markup: docs/ui.md.
   Promise to the person typing: nothing typed is ever lost. Every change goes first into localStorage (per person and item),
   then to the server; it leaves localStorage only when the server has said 200. What an earlier visit left there moves to a name
   of its own and is offered until somebody takes it over or discards it, whatever is typed meanwhile. */

const { text, element, icon, csrfToken, newer } = window.tenfold;
const USER = document.body.dataset.user || "";
const PREFIX = `tenfold:draft:${USER}:`;
const DAYS_KEPT = 30;
const QUIET_MS = 800;
const QUICK_MS = 150;
const forms = new Map();

const two = (number) => String(number).padStart(2, "0");
const clockNow = (at) => { const t = new Date(at); return `${two(t.getHours())}:${two(t.getMinutes())}`; };
const dayAndClock = (at) => { const t = new Date(at); return `${two(t.getMonth() + 1)}-${two(t.getDate())} ${clockNow(at)}`; };

/* ---- drafts in this browser ----------------------------------------------------------------------------------- */

const store = {
  get(key) { try { return JSON.parse(localStorage.getItem(PREFIX + key)); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(PREFIX + key, JSON.stringify(value)); return true; } catch { return false; } },
  drop(key) { try { localStorage.removeItem(PREFIX + key); } catch { /* nothing stored, nothing to drop */ } },
  /** Keys of the drafts that earlier visits left for a form, newest first. */
  kept(key) {
    try {
      const start = `${PREFIX}${key}:kept:`;
      return Object.keys(localStorage).filter((name) => name.startsWith(start)).sort().reverse().map((name) => name.slice(PREFIX.length));
    } catch { return []; }
  },
  /** Out of the way of new typing, which is stored under the form's own key. */
  keep(key) {
    const draft = this.get(key);
    if (!draft) return;
    this.drop(key); // first, since the storage may be full
    if (!this.set(`${key}:kept:${draft.at}`, draft)) this.set(key, draft);
  },
  sweep() {
    try {
      for (const name of Object.keys(localStorage)) {
        if (!name.startsWith("tenfold:draft:")) continue;
        const at = JSON.parse(localStorage.getItem(name))?.at || 0;
        if (Date.now() - at > DAYS_KEPT * 86400000) localStorage.removeItem(name);
      }
    } catch { /* a broken entry of another program is not ours to judge */ }
  },
};

/** Name/value pairs of what may be kept: no files, no tokens, no version, nothing marked data-no-draft. */
function pairs(form) {
  const skip = new Set(["csrfmiddlewaretoken", "version"]);
  for (const field of form.querySelectorAll("[data-no-draft][name], input[type=password][name]")) skip.add(field.name);
  return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !skip.has(name));
}
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** Put name/value pairs back into a form, whatever its fields are. */
function fill(form, values) {
  window.tenfold.rows?.ensure(form, values);
  const byName = new Map();
  for (const [name, value] of values) byName.set(name, [...(byName.get(name) || []), value]);
  for (const field of form.elements) {
    if (!field.name || field.type === "hidden" || field.type === "file" || field.name === "csrfmiddlewaretoken") continue;
    const wanted = byName.get(field.name) || [];
    if (field.type === "checkbox" || field.type === "radio") field.checked = wanted.includes(field.value);
    else if (field.tagName === "SELECT" && field.multiple) for (const option of field.options) option.selected = wanted.includes(option.value);
    else if (byName.has(field.name)) field.value = wanted.shift() ?? "";
  }
}

const firstOf = (form, name) => form.querySelector(`[name="${CSS.escape(name)}"]:not([type=hidden])`);

/** What people call a field; one of a row that is not there yet is called as in the row's template, with the number of the row before it. */
function called(form, name) {
  const row = name.match(/-(\d+)-[^-]*$/);
  const samples = [...form.querySelectorAll("template[data-row-template]")].map((one) => firstOf(one.content, name.replace(/-\d+-(?=[^-]*$)/, "-__i__-")));
  const field = firstOf(form, name) || samples.find(Boolean);
  if (!field) return "";
  const many = field.type === "radio" || field.type === "checkbox";
  const label = (many && field.closest("fieldset")?.querySelector("legend")) || field.labels?.[0];
  return `${row ? `${Number(row[1]) + 1} · ` : ""}${(field.getAttribute("aria-label") || label?.textContent || "").trim()}`;
}

/** A value as people read it: the words of a choice, else what was typed. */
function read(form, name, value) {
  const field = firstOf(form, name);
  if (field?.tagName === "SELECT") return [...field.options].find((option) => option.value === value)?.text.trim() || value;
  if (field?.type !== "radio" && field?.type !== "checkbox") return value;
  const chosen = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)].find((one) => one.value === value);
  return value && chosen?.labels?.[0] ? chosen.labels[0].textContent.trim() : value;
}

/** Where values differ from what stands in a form, field by field: [name of the field, words]. */
function differences(form, values) {
  const now = pairs(form);
  const of = (list, name) => list.filter(([one]) => one === name).map(([, value]) => value);
  const names = [...new Set([...values, ...now].map(([name]) => name))].filter((name) => !same(of(values, name), of(now, name)) && called(form, name));
  return names.map((name) => [called(form, name), of(values, name).map((value) => read(form, name, value)).filter(Boolean).join(", ") || text("draftEmpty")]);
}

/* ---- one form ------------------------------------------------------------------------------------------------- */

class Item {
  constructor(form) {
    this.form = form;
    this.key = form.dataset.key || form.id || form.action;
    this.changes = 0; // grows with every change; what was sent is compared with it
    this.sent = 0;
    this.busy = false;
    this.blocked = false; // a conflict waits for a person's choice
    this.tries = 0;
    this.clean = pairs(form);
    this.seen = this.clean;
    this.offers = new Map(); // lines about earlier drafts, by the key of the draft
    form.addEventListener("input", (event) => this.changed(event, QUIET_MS));
    form.addEventListener("change", (event) => this.changed(event, QUICK_MS));
    form.addEventListener("submit", (event) => this.submitted(event));
    form.addEventListener("click", (event) => this.chosen(event));
    if (same(store.get(this.key)?.data, this.clean)) store.drop(this.key);
    store.keep(this.key);
    this.offer();
  }

  get version() { return this.form.elements.version; }
  get place() { return this.form.querySelector("[data-save-problem]"); }
  get dirty() { return this.changes !== this.sent; }

  say(state, sentence, symbol = "", ...buttons) {
    const spot = this.form.querySelector("[data-save-state]");
    if (!spot) return;
    spot.dataset.state = state;
    spot.replaceChildren(...(symbol ? [icon(symbol, "icon-mark")] : []), element("span", {}, sentence), ...buttons);
  }

  changed(event, delay) {
    const field = event.target;
    if (!field.name || field.type === "file" || field.matches("[data-no-draft]")) return;
    const now = pairs(this.form);
    if (event.type === "change" && same(now, this.seen)) { // leaving a field whose typing "input" has told already
      if (this.dirty && !this.blocked) this.later(delay);
      return;
    }
    this.seen = now;
    this.changes += 1;
    store.set(this.key, { at: Date.now(), version: this.version?.value || "", data: now });
    if (this.blocked) return;
    this.say("typing", text("typing"), "pencil");
    this.later(delay);
  }

  later(ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), ms);
  }

  submitted(event) {
    if (event.submitter && !event.submitter.matches("[data-save]")) {
      clearTimeout(this.timer); // another act of the same form, such as "submit for review": an ordinary POST
      store.drop(this.key);
      return;
    }
    event.preventDefault();
    if (this.blocked) this.accept();
    this.changes += 1;
    this.save();
  }

  async save({ keepalive = false } = {}) {
    clearTimeout(this.timer);
    if (this.busy || this.blocked || !this.dirty) return;
    if ([...this.form.elements].some((field) => field.validity?.badInput)) {
      this.say("invalid", text("saveInvalid"), "alert-triangle");
      return; // the browser would send "" for an unreadable number and wipe the old answer
    }
    const sending = this.changes;
    const body = new FormData(this.form);
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    this.busy = true;
    this.form.setAttribute("aria-busy", "true");
    this.say("saving", text("saving"), "loader-2");
    let answer;
    try {
      answer = await fetch(this.form.action, {
        method: "POST", body, keepalive, credentials: "same-origin",
        headers: { "HX-Request": "true", "X-Autosave": "1", "X-CSRFToken": csrfToken(), Accept: "text/html" },
      });
      const html = await answer.text();
      await this.answered(answer, html, sending);
    } catch {
      this.say("offline", text("offline"), "cloud-off");
      this.waiting = !this.again; // typing again and "online" do not wait
      this.later(this.changes === sending ? 15000 : QUIET_MS);
    } finally {
      this.busy = false;
      this.form.removeAttribute("aria-busy");
      if (this.dirty && !this.blocked && !this.waiting) this.later(QUIET_MS);
      this.waiting = false;
      this.again = false;
    }
  }

  /** The connection is back. A save that is on its way may still fail by the old one: then it is sent again soon. */
  online() {
    if (this.busy) this.again = true;
    else this.save();
  }

  async answered(answer, html, sending) {
    const version = answer.headers.get("X-Version");
    const reading = Number(answer.headers.get("X-As-Of")) || 0;
    if (answer.ok && answer.redirected && /<html/i.test(html)) return this.failed(text("error401"));
    if (answer.ok) {
      this.sent = sending;
      this.tries = 0;
      // An act beside the form (a proof attached) may have raised the version while this answer was on its way.
      if (version && this.version && Number(version) > Number(this.version.value)) this.version.value = version;
      newer(this.version?.id, reading);
      this.place?.replaceChildren();
      if (!this.dirty) {
        store.drop(this.key);
        this.clean = pairs(this.form);
        this.say("saved", text("saved", { time: clockNow(Date.now()) }), "check");
        this.offer();
      }
      if (this.form.isConnected) swapMarked(html, reading); // a form replaced meanwhile came with later pieces
      this.form.dispatchEvent(new CustomEvent("tenfold:saved", { bubbles: true }));
      return;
    }
    if (answer.status === 409) {
      this.blocked = true;
      this.current = version;
      this.show(html);
      this.say("conflict", text("saveConflict"), "alert-triangle");
      return;
    }
    if (answer.status === 422) {
      this.sent = sending; // the same text would be refused again; the next change tries anew
      this.show(html);
      this.say("invalid", text("saveInvalid"), "alert-triangle");
      return;
    }
    if (answer.status === 429) {
      const seconds = Number(answer.headers.get("Retry-After")) || 20;
      this.waiting = true;
      this.later(seconds * 1000);
      this.say("limited", text("saveLimited", { seconds }), "clock");
      return;
    }
    const known = answer.status >= 500 ? 500 : answer.status;
    this.failed(text(`error${known}`, { id: answer.headers.get("X-Request-ID") || "" }), known === 500);
  }

  failed(reason, again = false) {
    this.waiting = true;
    this.say("failed", text("saveFailed", { reason }), "x");
    if (again) this.later(Math.min(60000, 5000 * 2 ** this.tries++));
  }

  show(html) {
    if (!this.place) return;
    this.place.innerHTML = html; // our own server's template, escaped there
    window.htmx?.process(this.place);
  }

  /** "Save mine": the next save carries the version the server told us. */
  accept() {
    this.blocked = false;
    if (this.current && this.version) this.version.value = this.current;
    this.place?.replaceChildren();
  }

  chosen(event) {
    const choice = event.target.closest("[data-conflict-keep]")?.dataset.conflictKeep;
    if (!choice) return;
    if (choice === "mine") {
      this.accept();
      this.changes += 1;
      this.save();
      return;
    }
    const theirs = this.place?.querySelector("template[data-theirs]");
    store.drop(this.key);
    if (!theirs) { location.reload(); return; }
    fill(this.form, JSON.parse(theirs.content.textContent));
    this.accept();
    this.sent = this.changes;
    this.clean = pairs(this.form);
    this.say("saved", text("saved", { time: clockNow(Date.now()) }), "check");
    this.form.dispatchEvent(new CustomEvent("tenfold:filled", { bubbles: true }));
  }

  /** Typing of an earlier visit that never reached the server is offered, not forced: a line for each, until it is answered. */
  offer() {
    const drafts = new Map();
    for (const key of store.kept(this.key)) {
      const draft = store.get(key);
      if (draft && same(draft.data, this.clean)) store.drop(key); // the server has it
      else if (draft) drafts.set(key, draft);
    }
    for (const [key, line] of this.offers) if (!drafts.has(key)) { line.remove(); this.offers.delete(key); }
    for (const [key, draft] of drafts) {
      if (!this.offers.has(key)) this.offers.set(key, this.offerLine(key, draft));
      this.offers.get(key).querySelector("[data-older]").hidden = draft.version === (this.version?.value || "");
    }
  }

  offerLine(key, draft) {
    const use = element("button", { type: "button", class: "btn btn-sm" }, text("draftUse"));
    const drop = element("button", { type: "button", class: "btn btn-sm btn-link" }, text("draftDrop"));
    use.addEventListener("click", () => {
      store.keep(this.key); // typing of this visit that is not stored yet is offered in its turn
      fill(this.form, draft.data);
      this.seen = pairs(this.form);
      if (store.set(this.key, { at: Date.now(), version: this.version?.value || "", data: this.seen })) store.drop(key);
      this.offer();
      (this.form.querySelector("[data-draft-offer] button") || this.form.querySelector("[data-save]"))?.focus(); // the button is gone
      this.form.dispatchEvent(new CustomEvent("tenfold:filled", { bubbles: true }));
      this.changes += 1;
      this.save();
    });
    drop.addEventListener("click", () => {
      store.drop(key);
      this.offers.delete(key);
      const undo = element("button", { type: "button", class: "btn btn-sm" }, text("undo"));
      const gone = element("div", { class: "draft-offer", role: "status" }, icon("history", "icon-mark"), element("span", {}, text("draftDropped", { time: dayAndClock(draft.at) })), undo);
      undo.addEventListener("click", () => {
        store.set(key, draft);
        this.offer();
        this.offers.get(key)?.querySelector("button").focus();
        gone.remove();
      });
      line.replaceWith(gone);
      undo.focus();
    });
    const found = element("span", {}, text("draftFound", { time: dayAndClock(draft.at) }), element("span", { "data-older": true }, text("draftOlder")));
    const typed = element("div", { class: "draft-typed" });
    const look = element("details", {}, element("summary", {}, text("draftLook")), typed);
    look.addEventListener("toggle", () => typed.replaceChildren(...differences(this.form, draft.data).map(([name, words]) =>
      element("p", {}, element("b", {}, /[?？]$/.test(name) ? name : text("draftField", { name })), ` ${words}`))));
    const line = element("div", { class: "draft-offer", "data-draft-offer": true, role: "status" }, icon("history", "icon-mark"), found,
      element("div", { class: "line" }, use, drop), look);
    (this.form.querySelector("[data-save-state]")?.parentElement || this.form).append(line);
    return line;
  }
}

/** Elements of the answer that carry an id and data-swap replace those on the page: verdict, counts, list entries. */
function swapMarked(html, reading) {
  if (!html.includes("data-swap")) return;
  const answer = new DOMParser().parseFromString(html, "text/html");
  for (const fresh of answer.querySelectorAll("[id][data-swap]")) {
    const old = document.getElementById(fresh.id);
    if (!old || !newer(fresh.id, reading)) continue;
    const node = document.importNode(fresh, true);
    old.replaceWith(node);
    window.htmx?.process(node);
    document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: node } }));
  }
}

function scan(root) {
  for (const [form, item] of forms) if (!form.isConnected) { clearTimeout(item.timer); forms.delete(form); }
  const found = [...(root.querySelectorAll?.("form[data-autosave]") || [])];
  if (root.matches?.("form[data-autosave]")) found.push(root);
  for (const form of found) if (!forms.has(form)) forms.set(form, new Item(form));
}

addEventListener("online", () => forms.forEach((item) => item.online()));
// Leaving the page or switching the app on a telephone: send what is open; the draft stays until the answer is read.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") forms.forEach((item) => item.save({ keepalive: true }));
});
document.addEventListener("htmx:load", (event) => scan(event.detail.elt));
store.sweep();
scan(document);

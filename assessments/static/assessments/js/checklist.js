/* What an item needs beyond autosave: number keys, counters, "none of these", faults at their fields, merging by hand,
   mentions, sizes of uploads, and the focus after a swap. Without it every form here is an ordinary form. */

const { text, toast } = window.tenfold;
const KEYS_OFF = "tenfold:keys-off";
const keysOff = () => { try { return localStorage.getItem(KEYS_OFF) === "1"; } catch { return false; } };
const typing = (target) => target.closest?.("input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select, [contenteditable]");
const current = () => document.activeElement?.closest?.("[data-item]") || document.querySelector("[data-item].is-current");
const changed = (field) => field.dispatchEvent(new Event("change", { bubbles: true }));

/* 1 to 9 choose an answer of the item in focus. */
document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || keysOff() || typing(event.target) || document.querySelector("dialog[open]")) return;
  if (!/^[1-9]$/.test(event.key)) return;
  const choice = current()?.querySelectorAll("[data-choice]")[Number(event.key) - 1];
  if (!choice || choice.disabled) return;
  event.preventDefault();
  choice.checked = choice.type === "radio" ? true : !choice.checked;
  choice.focus();
  changed(choice);
});

/* "None of these" and the other boxes exclude each other; the reason for "not applicable" opens by itself. */
document.addEventListener("change", (event) => {
  const field = event.target;
  const boxes = field.closest?.("[data-boxes]");
  if (boxes && field.checked) {
    for (const other of boxes.querySelectorAll("input[type=checkbox]")) {
      if (other !== field && (field.hasAttribute("data-none") || other.hasAttribute("data-none"))) other.checked = false;
    }
  }
  if (field.name === "answer" && field.value === "na" && field.checked) {
    const note = field.form?.querySelector(".item-note");
    if (note && !note.open) {
      note.open = true;
      note.querySelector("[data-note]")?.focus();
    }
  }
}, true);

/* How many characters stand in a long answer. */
function count(field) {
  const spot = field.parentElement.querySelector("[data-counter]");
  if (!spot) return;
  const most = Number(field.dataset.counted);
  const length = [...field.value].length;
  spot.hidden = false;
  spot.textContent = `${length.toLocaleString(document.documentElement.lang)} / ${most.toLocaleString(document.documentElement.lang)}`;
  spot.classList.toggle("is-over", length > most);
}
document.addEventListener("input", (event) => event.target.matches?.("[data-counted]") && count(event.target));

/* Faults that came back for an item: mark the fields they name. */
function markFaults(place) {
  const form = place.closest("form");
  if (!form) return;
  for (const field of form.querySelectorAll("[data-marked]")) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("data-marked");
    field.classList.remove("is-invalid");
  }
  for (const line of place.querySelectorAll("[data-field]")) {
    const field = form.elements[line.dataset.field];
    const one = field instanceof RadioNodeList ? field[0] : field;
    if (!one) continue;
    one.setAttribute("aria-invalid", "true");
    one.setAttribute("data-marked", "");
    if (one.type !== "radio" && one.type !== "checkbox") one.classList.add("is-invalid");
    one.closest("details")?.setAttribute("open", "");
  }
}
const watcher = new MutationObserver((changes) => changes.forEach((change) => markFaults(change.target)));
document.addEventListener("click", (event) => {
  const line = event.target.closest?.("[data-field] a");
  const form = line?.closest("form");
  const field = form?.elements[line.closest("[data-field]").dataset.field];
  const one = field instanceof RadioNodeList ? field[0] : field;
  if (one) {
    event.preventDefault();
    one.focus();
  }
});

/* "Merge by hand": the own text stays in the field, the other one stays in view; saving keeps what is in the field. */
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-conflict-merge]");
  if (!button) return;
  const form = button.closest("form");
  const field = form?.querySelector("textarea[name=answer], input[name=answer], [data-col], textarea[name=note]");
  field?.scrollIntoView({ block: "center" });
  field?.focus();
});

/* A file above the limit is told before it travels; dropping a file on the form chooses it. */
document.addEventListener("submit", (event) => checkSize(event), true);
document.addEventListener("htmx:confirm", (event) => event.detail.elt.matches?.("[data-upload]") && checkSize(event));
function checkSize(event) {
  const form = event.target.matches?.("[data-upload]") ? event.target : event.detail?.elt;
  const most = Number(form?.dataset?.maxBytes);
  const file = form?.querySelector?.("input[type=file]")?.files?.[0];
  if (!most || !file || file.size <= most) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  toast(text("error413"), "fail");
}
for (const [name, over] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
  document.addEventListener(name, (event) => {
    const form = event.target.closest?.("[data-upload]");
    if (!form || ![...(event.dataTransfer?.types || [])].includes("Files")) return;
    event.preventDefault();
    form.classList.toggle("is-over", over);
    const field = form.querySelector("input[type=file]");
    if (name === "drop" && field && event.dataTransfer.files.length) {
      form.querySelector("input[name=kind][value=file]").checked = true;
      field.files = event.dataTransfer.files;
    }
  });
}

/* Mentions: "@" and the beginning of a name ask for people; choosing one puts the name into the text. */
let asking = 0;
document.addEventListener("input", (event) => {
  const field = event.target;
  if (!field.matches?.("[data-mentions]")) return;
  clearTimeout(asking);
  const box = field.closest(".field").querySelector("[data-mention-box]");
  const found = /(?:^|\s)@([^\s@]{0,40})$/.exec(field.value.slice(0, field.selectionStart));
  if (!found) {
    box.replaceChildren();
    return;
  }
  asking = setTimeout(() => window.htmx.ajax("GET", `${field.dataset.mentions}?q=${encodeURIComponent(found[1])}`, { target: box, swap: "innerHTML" }), 200);
});
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-mention]");
  if (button) {
    const holder = button.closest(".field");
    const field = holder.querySelector("[data-mentions]");
    const start = field.value.slice(0, field.selectionStart).replace(/@[^\s@]{0,40}$/, `@${button.dataset.name} `);
    field.value = start + field.value.slice(field.selectionStart);
    const chosen = holder.querySelector("[data-mention-chosen]");
    if (!chosen.querySelector(`input[value="${button.dataset.mention}"]`)) {
      const chip = window.tenfold.element("span", { class: "chip" }, `@${button.dataset.name}`,
        window.tenfold.element("input", { type: "hidden", name: "mention", value: button.dataset.mention }),
        window.tenfold.element("button", { type: "button", class: "btn-plain", "data-mention-drop": true, "aria-label": text("cancel") }, window.tenfold.icon("x")));
      chosen.append(chip);
    }
    holder.querySelector("[data-mention-box]").replaceChildren();
    field.focus();
    field.setSelectionRange(start.length, start.length);
  }
  event.target.closest?.("[data-mention-drop]")?.closest(".chip").remove();
});

/* What was just saved here moved the figures of another item on the page, which is a new version of it. Its form goes along, so
   that people do not run into their own change; a form that somebody else has overtaken stays behind and meets the conflict. */
document.addEventListener("htmx:load", (event) => {
  const piece = event.detail.elt.closest?.("[data-raised]");
  const field = piece && document.getElementById(piece.dataset.raised);
  if (field && field.value === piece.dataset.from) field.value = piece.dataset.to;
});

/* After an item was swapped: typing that was sent with it is no draft any more, and the focus stays on the item. */
document.addEventListener("htmx:afterRequest", (event) => {
  const key = event.detail.elt.dataset?.forget;
  if (key && event.detail.successful) {
    try { localStorage.removeItem(`tenfold:draft:${document.body.dataset.user || ""}:${key}`); } catch { /* nothing kept, nothing to drop */ }
  }
});
document.addEventListener("htmx:afterSettle", (event) => {
  ready(event.detail.elt);
  const item = event.detail.elt.matches?.("[data-item]") ? event.detail.elt : null;
  if (item && (document.activeElement === document.body || document.activeElement === null)) item.focus({ preventScroll: true });
});

function ready(root) {
  for (const field of root.querySelectorAll?.("[data-counted]") || []) count(field);
  for (const place of root.querySelectorAll?.("[data-save-problem]") || []) watcher.observe(place, { childList: true });
}
document.addEventListener("htmx:load", (event) => ready(event.detail.elt));
document.addEventListener("tenfold:filled", (event) => ready(event.target));
ready(document);

/* The frame's behaviour: texts, messages, confirmation, theme, tooltips, answers of htmx.
   Other modules use window.tenfold; they do not import each other, because hashed file names would load a module twice.
   Nothing here is needed to use the pages: without it forms are sent, links are followed, titles are shown by the browser. */

const strings = JSON.parse(document.getElementById("ui-strings")?.textContent || "{}");
const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content || "";

/** Sentence by key with {placeholders} filled. */
function text(key, values = {}) {
  return (strings[key] || key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** A symbol of the sprite as an element. */
function icon(name, css = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", `icon ${css}`.trim());
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${meta("sprite-src")}#${name}`);
  svg.append(use);
  return svg;
}

/** Element with attributes and children; texts become text nodes, so nothing is read as HTML. */
function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

function csrfToken() {
  try {
    return JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";
  } catch {
    return "";
  }
}

/* ---- messages ------------------------------------------------------------------------------------------------- */

const SYMBOLS = { pass: "check", attention: "exclamation-mark", fail: "x", info: "info-circle", review: "clock-hour-3", open: "circle", waived: "arrow-forward-up", na: "minus" };
const STAY = new Set(["fail", "attention"]); // what needs reading does not go away by itself

/** Show one message. `undo` is the address of a POST that takes the step back. */
function toast(sentence, tone = "info", undo = "") {
  const region = document.getElementById("messages");
  if (!region) return null;
  const line = element("div", { class: `toast-line t-${tone}`, "data-toast": true },
    icon(SYMBOLS[tone] || SYMBOLS.info, "icon-mark"),
    element("div", { class: "toast-text" }, sentence),
    undo ? element("form", { method: "post", action: undo },
      element("input", { type: "hidden", name: "csrfmiddlewaretoken", value: csrfToken() }),
      element("button", { class: "btn btn-sm", type: "submit" }, text("undo"))) : null,
    element("button", { type: "button", class: "btn-plain", "data-toast-close": true, "aria-label": text("close") }, icon("x")));
  region.append(line);
  expire(line);
  return line;
}

/** Good news leaves after 8 seconds, unless somebody reads it or it can be undone. */
function expire(line) {
  if (line.dataset.timed || [...STAY].some((tone) => line.classList.contains(`t-${tone}`)) || line.querySelector("form")) return;
  line.dataset.timed = "1";
  const again = () => setTimeout(() => (line.matches(":hover, :focus-within") ? again() : line.remove()), 8000);
  again();
}

document.addEventListener("click", (event) => {
  event.target.closest("[data-toast-close]")?.closest("[data-toast]")?.remove();
  if (event.target.closest("[data-back]")) history.length > 1 ? history.back() : location.assign("/");
  if (event.target.closest("[data-open-help]")) document.getElementById("help-dialog")?.showModal();
  // A menu made of <details> closes when the click lands elsewhere.
  for (const open of document.querySelectorAll("details.chip-menu[open]")) if (!open.contains(event.target)) open.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.("details.chip-menu[open], .side details[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
document.body.addEventListener("toast", (event) => toast(event.detail.text, event.detail.tone, event.detail.undo));

/* ---- confirmation --------------------------------------------------------------------------------------------- */

/** Ask before an act; resolves true or false. `asker` carries data-confirm and its companions. */
function confirmFor(asker) {
  const dialog = document.getElementById("confirm-dialog");
  if (!dialog?.showModal) return Promise.resolve(true);
  const data = asker.dataset;
  const body = dialog.querySelector("#confirm-body");
  const plan = data.confirmTemplate && document.getElementById(data.confirmTemplate);
  body.replaceChildren(...(data.confirm ? [element("p", {}, data.confirm)] : []), ...(plan ? [plan.content.cloneNode(true)] : []));
  dialog.querySelector("#confirm-title").textContent = data.confirmTitle || text("confirmTitle");
  const ok = dialog.querySelector("#confirm-ok");
  ok.textContent = data.confirmOk || text("confirmOk");
  ok.className = `btn ${data.confirmTone === "danger" ? "btn-danger" : "btn-primary"}`;
  dialog.returnValue = "cancel";
  dialog.showModal();
  // What cannot be undone does not happen by pressing Enter twice.
  (data.confirmTone === "danger" ? dialog.querySelector('[value="cancel"]') : ok).focus();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "ok"), { once: true }));
}

const ASKS = "[data-confirm], [data-confirm-template]";
const confirmed = new WeakSet();

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const asker = event.submitter?.matches(ASKS) ? event.submitter : form.matches(ASKS) ? form : null;
  if (!asker || confirmed.has(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const submitter = event.submitter;
  if (await confirmFor(asker)) {
    confirmed.add(form);
    form.requestSubmit(submitter);
    setTimeout(() => confirmed.delete(form));
  }
}, true);
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-confirm], a[data-confirm-template]");
  if (!link || event.defaultPrevented || link.hasAttribute("hx-get") || link.hasAttribute("hx-post")) return;
  event.preventDefault();
  if (await confirmFor(link)) location.assign(link.href);
});
document.addEventListener("htmx:confirm", async (event) => {
  const source = event.detail.elt;
  if (!source.matches?.(ASKS) || source.tagName === "FORM") return; // forms were asked in "submit"
  event.preventDefault();
  if (await confirmFor(source)) event.detail.issueRequest(true);
});

/* ---- answers of htmx ------------------------------------------------------------------------------------------ */

const readings = new Map();
let reading = 0; // of the answer htmx is swapping now

/** Two answers may overtake one another: a piece of the page gives way only to a later reading (X-As-Of) of the server. */
function newer(id, moment) {
  if (!id || !moment) return true;
  if (moment < (readings.get(id) || 0)) return false;
  readings.set(id, moment);
  return true;
}
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  if (!newer(event.detail.target.id, reading)) event.detail.shouldSwap = false;
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, boosted } = event.detail;
  reading = Number(xhr.getResponseHeader("X-As-Of")) || 0;
  if (xhr.status < 400) {
    // The session ended and the answer is the sign-in page: go there instead of pasting it into this one.
    if (!boosted && /^\s*<!doctype html/i.test(xhr.responseText)) {
      event.detail.shouldSwap = false;
      location.assign(xhr.responseURL || location.href);
    }
    return;
  }
  if (/\bdata-refusal\b/.test(xhr.responseText)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
    event.detail.target = document.getElementById("messages");
    event.detail.swapOverride = "beforeend";
  }
});
document.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  const known = status >= 500 ? 500 : status;
  const id = event.detail.xhr.getResponseHeader("X-Request-ID") || "";
  toast(text(strings[`error${known}`] ? `error${known}` : "error400", { id }), known === 429 ? "attention" : "fail");
});
document.addEventListener("htmx:sendError", () => toast(text("errorOffline"), "fail"));
document.addEventListener("htmx:timeout", () => toast(text("errorTimeout"), "attention"));
document.addEventListener("htmx:beforeRequest", (event) => event.detail.elt.setAttribute("aria-busy", "true"));
document.addEventListener("htmx:afterRequest", (event) => event.detail.elt.removeAttribute("aria-busy"));

/* ---- theme ---------------------------------------------------------------------------------------------------- */

document.addEventListener("submit", (event) => {
  const form = event.target;
  const theme = event.submitter?.value;
  if (!form.matches("[data-theme-form]") || !theme) return;
  event.preventDefault();
  if (theme === "auto") delete document.documentElement.dataset.bsTheme;
  else document.documentElement.dataset.bsTheme = theme;
  document.cookie = `tenfold_theme=${theme}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
  for (const button of document.querySelectorAll("[data-theme-form] button")) button.setAttribute("aria-pressed", String(button.value === theme));
  document.dispatchEvent(new CustomEvent("tenfold:theme"));
  const action = form.getAttribute("action");
  if (action) {
    const body = new FormData(form);
    body.set("theme", theme);
    fetch(action, { method: "POST", body, headers: { "X-CSRFToken": csrfToken() }, redirect: "manual" }).catch(() => {});
  }
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => document.dispatchEvent(new CustomEvent("tenfold:theme")));

/* ---- tooltips and strips -------------------------------------------------------------------------------------- */

const TIPPED = "[data-strip] .cell, .mark[title], [data-tip], .has-tip";
const bubble = element("div", { class: "tooltip-bubble", role: "tooltip", popover: "manual", "aria-hidden": "true" });
let tipFor = null;

function showTip(target) {
  if (!bubble.showPopover) return;
  if (target.title) {
    target.dataset.tip = target.title; // the browser's own tooltip does not appear on keyboard focus
    target.removeAttribute("title");
  }
  if (!target.dataset.tip) return;
  tipFor = target;
  bubble.textContent = target.dataset.tip;
  if (!bubble.isConnected) document.body.append(bubble);
  bubble.showPopover();
  const box = target.getBoundingClientRect();
  const own = bubble.getBoundingClientRect();
  const left = Math.max(8, Math.min(innerWidth - own.width - 8, box.left + box.width / 2 - own.width / 2));
  const top = box.top - own.height - 6 < 4 ? box.bottom + 6 : box.top - own.height - 6;
  bubble.style.left = `${left}px`;
  bubble.style.top = `${top}px`;
}
function hideTip() {
  if (tipFor && bubble.matches?.(":popover-open")) bubble.hidePopover();
  tipFor = null;
}
for (const [enter, leave] of [["pointerover", "pointerout"], ["focusin", "focusout"]]) {
  document.addEventListener(enter, (event) => {
    const target = event.target.closest?.(TIPPED);
    if (target && target !== tipFor) {
      hideTip();
      showTip(target);
    }
  });
  document.addEventListener(leave, (event) => {
    if (tipFor && !tipFor.contains(event.relatedTarget)) hideTip();
  });
}
document.addEventListener("keydown", (event) => event.key === "Escape" && hideTip());
addEventListener("scroll", hideTip, { capture: true, passive: true });

/** One tab stop for a strip of ten, arrows inside: otherwise a page of 50 rows has 500 tab stops. */
function rove(root) {
  for (const strip of root.querySelectorAll?.("[data-strip]") || []) {
    strip.querySelectorAll(".cell").forEach((cell, index) => cell.setAttribute("tabindex", index ? "-1" : "0"));
  }
}
document.addEventListener("keydown", (event) => {
  const cell = event.target.closest?.("[data-strip] .cell");
  const step = { ArrowRight: 1, ArrowLeft: -1, Home: -99, End: 99 }[event.key];
  if (!cell || !step) return;
  event.preventDefault();
  const cells = [...cell.closest("[data-strip]").querySelectorAll(".cell")];
  const next = cells[Math.max(0, Math.min(cells.length - 1, cells.indexOf(cell) + step))];
  cells.forEach((other) => other.setAttribute("tabindex", other === next ? "0" : "-1"));
  next.focus();
});

/* ---- start ---------------------------------------------------------------------------------------------------- */

function ready(root) {
  rove(root);
  root.querySelectorAll?.("[data-toast]").forEach(expire);
  if (root.matches?.("[data-toast]")) expire(root);
  root.querySelector?.("[data-focus]:not([data-no-focus] *)")?.focus();
}
document.addEventListener("htmx:load", (event) => ready(event.detail.elt));

window.tenfold = { text, toast, icon, element, csrfToken, confirmFor, newer };
ready(document);

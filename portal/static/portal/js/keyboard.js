/* Keys: J / K next and previous item, Ctrl or Cmd + Enter save, / search, ? help; 1 to 9 choose an answer (checklist.js).
   Single letters never fire while typing and can be switched off (WCAG 2.1.4); the choice is kept in this browser. */

const SWITCH = "tenfold:keys-off";
const read = () => { try { return localStorage.getItem(SWITCH) === "1"; } catch { return false; } };
let off = read();

const typing = (target) => target.closest?.("input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select, [contenteditable]");

/** Go to the item after or before the one with focus (or the one at the top of the window). */
function move(step) {
  const items = [...document.querySelectorAll("[data-item]")].filter((item) => item.offsetParent !== null);
  if (!items.length) return false;
  let index = items.findIndex((item) => item.contains(document.activeElement));
  if (index < 0) index = items.findIndex((item) => item.classList.contains("is-current"));
  if (index < 0) index = step > 0 ? -1 : items.length;
  const next = items[Math.max(0, Math.min(items.length - 1, index + step))];
  items.forEach((item) => item.classList.toggle("is-current", item === next));
  next.setAttribute("tabindex", "-1");
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "start" });
  return true;
}

/** Save the form that has the focus, by its own save button where it has one. */
function save(target) {
  const form = target.closest?.("form");
  if (!form || form.closest("dialog")) return false;
  form.requestSubmit(form.querySelector("[data-save]") || undefined);
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.altKey || document.querySelector("dialog[open]")) return; // Chinese input methods use Enter and letters
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    if (save(event.target)) event.preventDefault();
    return;
  }
  if (off || event.ctrlKey || event.metaKey || typing(event.target)) return;
  const key = event.key.toLowerCase();
  if (key === "j" && move(1)) event.preventDefault();
  else if (key === "k" && move(-1)) event.preventDefault();
  else if (key === "?") document.getElementById("help-dialog")?.showModal();
  else if (key === "/") {
    const field = document.querySelector("[data-search]");
    if (field) {
      event.preventDefault();
      field.focus();
      field.select();
    }
  }
});
document.addEventListener("click", (event) => {
  const step = event.target.closest("[data-item-next]") ? 1 : event.target.closest("[data-item-previous]") ? -1 : 0;
  if (step) move(step);
});

for (const box of document.querySelectorAll("[data-keys-switch]")) {
  box.checked = !off;
  box.addEventListener("change", () => {
    off = !box.checked;
    try { localStorage.setItem(SWITCH, off ? "1" : "0"); } catch { /* private mode: the choice holds for this page */ }
  });
}

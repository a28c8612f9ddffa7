/* Table items: add and remove rows, and paste many rows from a spreadsheet (tab separated) or a CSV file with a preview.
   Markup: docs/ui.md. Without JavaScript the rows that the server rendered can still be filled in. */

const { text, element, icon } = window.tenfold;

/** Rows of cells from pasted text: tabs if there are any, else comma or semicolon; quoted cells may hold line breaks. */
export function parse(source) {
  const input = source.replace(/\r\n?/g, "\n").replace(/^\uFEFF/, "");
  const first = input.split("\n", 1)[0].replace(/\d,(?=\d)/g, ""); // a comma inside a number says nothing: Owner;12,5
  const mark = input.includes("\t") ? "\t" : (first.match(/;/g) || []).length > (first.match(/,/g) || []).length ? ";" : ",";
  const rows = [[]];
  let cell = "";
  let quoted = false;
  for (let at = 0; at < input.length; at += 1) {
    const sign = input[at];
    if (quoted) {
      if (sign === '"' && input[at + 1] === '"') { cell += '"'; at += 1; }
      else if (sign === '"') quoted = false;
      else cell += sign;
    } else if (sign === '"' && cell === "") quoted = true;
    else if (sign === mark) { rows.at(-1).push(cell); cell = ""; }
    else if (sign === "\n") { rows.at(-1).push(cell); cell = ""; rows.push([]); }
    else cell += sign;
  }
  rows.at(-1).push(cell);
  return rows.map((row) => row.map((value) => value.trim())).filter((row) => row.some((value) => value !== ""));
}

const body = (box) => box.querySelector("[data-rows-body]");
const rowsOf = (box) => [...body(box).querySelectorAll("[data-row]")];
const cellsOf = (row) => [...row.querySelectorAll("[data-col]")];
const limit = (box) => Number(box.dataset.max) || 500;

/** Names carry the row's number between the last two hyphens: rows-3-name. Renumber after every change. */
function renumber(box) {
  rowsOf(box).forEach((row, index) => {
    for (const field of row.querySelectorAll("[name], [id], [for]")) {
      for (const attribute of ["name", "id", "for"]) {
        const value = field.getAttribute(attribute);
        if (value) field.setAttribute(attribute, value.replace(/-(?:\d+|__i__)-(?=[^-]*$)/, `-${index}-`));
      }
    }
  });
  const count = box.querySelector("[data-rows-count]");
  if (count) count.value = String(rowsOf(box).length);
  const add = box.querySelector("[data-row-add]");
  if (add) add.disabled = rowsOf(box).length >= limit(box);
}

function addRow(box) {
  if (rowsOf(box).length >= limit(box)) return null;
  const row = box.querySelector("template[data-row-template]").content.firstElementChild.cloneNode(true);
  body(box).append(row);
  renumber(box);
  window.htmx?.process(row);
  return row;
}

/** Let autosave and live sums know, once for the whole change. */
const announce = (box) => (cellsOf(box).find((field) => field.name) || box.querySelector("[data-rows-count]") || box).dispatchEvent(new Event("change", { bubbles: true }));

/** One value into one cell; false when the cell cannot hold it, so that somebody has to be told.
    Selects take the value or the label, dates the year first: 31/12 and 12/31 are not told apart by guessing.
    Numbers stay as they were written: the server reads "1.234,5" and asks about "12,5". */
function put(field, value) {
  if (field.tagName === "SELECT") {
    const wanted = value.toLowerCase();
    const option = [...field.options].find((o) => o.value.toLowerCase() === wanted || o.text.trim().toLowerCase() === wanted);
    field.value = option ? option.value : "";
    return Boolean(option) || value === "";
  }
  if (field.type === "checkbox") {
    field.checked = /^(1|x|✓|yes|true|是)$/i.test(value);
    return field.checked || /^(|0|no|false|否)$/i.test(value);
  }
  if (field.type === "date") field.value = value.replace(/^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/, (_, y, m, d) => `${y}-${m.padStart(2, "0")}-${d.padStart(2, "0")}`);
  else field.value = field.tagName === "INPUT" ? value.replace(/\s*\n\s*/g, " ") : value; // one line would run two words into one
  return field.value !== "" || value === "";
}

const isBlank = (row) => cellsOf(row).every((field) => (field.type === "checkbox" ? !field.checked : !field.value.trim()));

/** Column labels as people see them. */
function columns(box) {
  const template = box.querySelector("template[data-row-template]").content.firstElementChild;
  const heads = [...box.querySelectorAll("thead th")].map((head) => head.textContent.trim());
  return cellsOf(template).map((field, index) => field.dataset.colLabel || heads[index] || field.dataset.col);
}
const looksLikeHead = (row, names) => row.filter((value, i) => value && value.toLowerCase() === (names[i] || "").toLowerCase()).length >= Math.max(1, Math.ceil(row.length / 2));

/** The line below the table that names the cells which were not taken over; it stays until it is closed or rows are pasted again. */
function leftLine(box) {
  let line = box.querySelector("[data-rows-left]");
  if (!line) {
    line = element("div", { "data-rows-left": true, role: "status" });
    box.querySelector("[data-rows-body]").closest(".table-region, table").after(line);
  }
  return line;
}

/** Cells that were not taken over, by column: [[row, value], …]. Every one is named, whoever pasted has to type it in. */
function tellLeft(box, left) {
  const line = leftLine(box);
  line.replaceChildren();
  if (!left.size) return;
  const names = columns(box);
  const named = [...left].map(([index, cells]) => element("p", {}, element("b", {}, names[index]), " ",
    cells.map(([row, value]) => text("pasteLeftCell", { row, value })).join(text("pasteLeftJoin"))));
  const close = element("button", { type: "button", class: "btn-plain", "aria-label": text("close") }, icon("x"));
  close.addEventListener("click", () => {
    line.replaceChildren();
    box.querySelector("[data-row-paste]")?.focus();
  });
  line.append(element("div", { class: "note t-attention" }, icon("exclamation-mark", "icon-mark"),
    element("div", {}, element("p", { class: "note-title" }, text("pasteLeft")), ...named, element("p", { class: "muted" }, text("pasteLeftHelp"))), close));
}

/** How many cells of the pasted rows cannot be taken over, tried on a row that is not on the page. */
function countLeft(box, rows) {
  const trial = cellsOf(box.querySelector("template[data-row-template]").content.firstElementChild.cloneNode(true));
  return rows.reduce((sum, row) => sum + trial.filter((field, index) => !put(field, row[index] ?? "")).length, 0);
}

function insert(box, rows) {
  for (const row of rowsOf(box)) if (isBlank(row)) row.remove();
  let added = 0;
  const left = new Map();
  for (const values of rows) {
    const row = addRow(box);
    if (!row) break;
    const place = rowsOf(box).length;
    cellsOf(row).forEach((field, index) => {
      if (!put(field, values[index] ?? "")) left.set(index, [...(left.get(index) || []), [place, values[index]]]);
    });
    added += 1;
  }
  renumber(box);
  tellLeft(box, left);
  announce(box);
  window.tenfold.toast(text("pasteAdded", { rows: added }), "pass");
}

/** The paste dialog, built when first needed. */
function openDialog(box, source = "") {
  const names = columns(box);
  leftLine(box); // is there before it speaks, or nobody hears it
  const area = element("textarea", { class: "form-control", rows: "6", id: "paste-area", spellcheck: "false" });
  const result = element("div", { "aria-live": "polite" });
  const add = element("button", { class: "btn btn-primary", type: "submit", value: "ok", disabled: true }, text("pasteNothing"));
  const form = element("form", { method: "dialog" },
    element("h2", { id: "paste-title" }, text("pasteTitle")),
    element("p", { class: "muted" }, text("pasteHelp", { columns: names.join(" · ") })),
    element("div", {}, element("label", { class: "field-label", for: "paste-area" }, text("pasteLabel")), area),
    result,
    element("div", { class: "dialog-actions" }, element("button", { class: "btn", value: "cancel", formnovalidate: true }, text("cancel")), add));
  const dialog = element("dialog", { class: "dialog dialog-wide", "aria-labelledby": "paste-title" }, form);
  let rows = [];
  const refresh = () => {
    rows = parse(area.value);
    const notes = [];
    if (rows.length && looksLikeHead(rows[0], names)) { rows.shift(); notes.push(text("pasteHead")); }
    const room = limit(box) - rowsOf(box).filter((row) => !isBlank(row)).length;
    if (rows.length > room) { rows.length = Math.max(0, room); notes.push(text("pasteTooMany", { max: rows.length })); }
    const beyond = rows.reduce((sum, row) => sum + Math.max(0, row.length - names.length), 0);
    if (beyond) notes.push(text("pasteColumns", { count: beyond }));
    const lost = countLeft(box, rows);
    if (lost) notes.push(text("pasteUntaken", { count: lost }));
    add.disabled = !rows.length;
    add.textContent = rows.length ? text("pasteAdd", { rows: rows.length }) : text("pasteNothing");
    result.replaceChildren(...notes.map((note) => element("p", { class: "muted" }, icon("info-circle"), ` ${note}`)));
    if (!rows.length) return;
    const head = element("tr", {}, ...names.map((name) => element("th", { scope: "col" }, name)));
    const lines = rows.slice(0, 8).map((row) => element("tr", {}, ...names.map((_, index) => element("td", {}, row[index] ?? ""))));
    result.append(element("p", { class: "panel-title" }, text("pastePreview", { rows: rows.length })),
      element("div", { class: "table-region", role: "region", tabindex: "0", "aria-label": text("pastePreview", { rows: rows.length }) },
        element("table", { class: "table" }, element("thead", {}, head), element("tbody", {}, ...lines))));
  };
  area.addEventListener("input", refresh);
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "ok" && rows.length) insert(box, rows);
    dialog.remove();
  });
  document.body.append(dialog);
  area.value = source;
  refresh();
  dialog.showModal();
  area.focus();
}

document.addEventListener("click", (event) => {
  const box = event.target.closest("[data-rows]");
  if (!box) return;
  if (event.target.closest("[data-row-add]")) {
    addRow(box)?.querySelector("[data-col]")?.focus();
    announce(box);
  } else if (event.target.closest("[data-row-paste]")) openDialog(box);
  else if (event.target.closest("[data-row-up], [data-row-down]")) {
    const button = event.target.closest("[data-row-up], [data-row-down]");
    const row = button.closest("[data-row]");
    const up = button.matches("[data-row-up]");
    const other = up ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    other[up ? "before" : "after"](row);
    renumber(box);
    announce(box);
    button.focus();
  }
  else if (event.target.closest("[data-row-remove]")) {
    const row = event.target.closest("[data-row]");
    const next = row.nextElementSibling || row.previousElementSibling;
    row.remove();
    renumber(box);
    announce(box);
    (next?.querySelector("[data-col]") || box.querySelector("[data-row-add]"))?.focus();
  }
});
// Several cells pasted into one field: show them first, never scatter them silently.
document.addEventListener("paste", (event) => {
  const box = event.target.closest?.("[data-rows]");
  const pasted = event.clipboardData?.getData("text/plain") || "";
  if (!box || !/[\t\n]/.test(pasted.trim())) return;
  event.preventDefault();
  openDialog(box, pasted);
});

/** For drafts: make as many rows as the kept values need. */
function ensure(form, values) {
  for (const box of form.querySelectorAll("[data-rows]")) {
    const sample = cellsOf(box.querySelector("template[data-row-template]").content.firstElementChild)[0]?.getAttribute("name") || "";
    const stem = sample.replace(/-__i__-[^-]*$/, "-");
    const wanted = 1 + Math.max(-1, ...values.filter(([name]) => name.startsWith(stem)).map(([name]) => Number(name.slice(stem.length).split("-")[0])).filter(Number.isInteger));
    while (rowsOf(box).length < wanted && addRow(box));
    while (rowsOf(box).length > wanted) rowsOf(box).at(-1).remove();
    renumber(box);
  }
}
window.tenfold.rows = { ensure, parse };

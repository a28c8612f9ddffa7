/* Keyboard of the responsibility matrix: arrows move between cells, letters set them, Delete clears. The cells are ordinary
   selects: without this file they work as such, and without any script the form has a button that saves all of them. */

const LETTERS = { r: "R", a: "A", c: "C", i: "I", Delete: "", Backspace: "" };
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/** The select beside a cell, in the direction of an arrow key. */
function neighbour(cell, [down, right]) {
  const place = cell.closest("td");
  const row = place.parentElement;
  const rows = [...row.parentElement.rows];
  const target = rows[rows.indexOf(row) + down];
  return target?.cells[place.cellIndex + right]?.querySelector("[data-raci-cell]");
}

document.addEventListener("keydown", (event) => {
  const cell = event.target.closest?.("[data-raci-cell]");
  if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key in STEPS) {
    const next = neighbour(cell, STEPS[event.key]);
    event.preventDefault(); // an arrow would change the value
    next?.focus();
    return;
  }
  const letter = LETTERS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (letter === undefined) return;
  event.preventDefault();
  // A on an R (or the other way round) means both.
  const both = (letter === "A" && cell.value === "R") || (letter === "R" && cell.value === "A");
  const value = both ? "AR" : letter;
  if (cell.value === value) return;
  cell.value = value;
  cell.dispatchEvent(new Event("change", { bubbles: true }));
});

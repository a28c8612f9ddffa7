/* Pages of facts: filter of the questions, boxes that exclude each other, questions that make no difference folded away.
   Without this script every question is simply there. */

const page = document.querySelector("[data-facts]");

function plain(text) { return text.normalize("NFKC").toLowerCase().trim(); }

class Page {
  constructor(root) {
    this.root = root;
    this.facts = [...root.querySelectorAll("[data-fact]")];
    this.show = "all";
    this.withSettled = false;
    this.search = root.querySelector("[data-facts-search]");
    for (const part of root.querySelectorAll("[data-needs-js]")) part.hidden = false;
    this.search?.addEventListener("input", () => this.apply());
    root.addEventListener("click", (event) => this.clicked(event));
    root.addEventListener("change", (event) => this.changed(event));
    root.addEventListener("input", (event) => this.typed(event));
    addEventListener("hashchange", () => this.reveal());
    document.addEventListener("htmx:afterSwap", () => this.settle());
    this.apply();
    this.reveal();
  }

  clicked(event) {
    const chip = event.target.closest("[data-facts-show]");
    if (chip) {
      this.show = chip.dataset.factsShow;
      for (const one of this.root.querySelectorAll("[data-facts-show]")) one.setAttribute("aria-pressed", String(one === chip));
      this.apply();
      return;
    }
    const toggle = event.target.closest("[data-facts-settled]");
    if (toggle) {
      this.withSettled = !this.withSettled;
      toggle.setAttribute("aria-pressed", String(this.withSettled));
      this.apply();
    }
  }

  /** "Unknown" and "none of these" exclude the others, and each other. */
  changed(event) {
    const box = event.target;
    if (box.type !== "checkbox" || !box.name.startsWith("f-")) return;
    const all = [...box.closest("fieldset").querySelectorAll('input[type="checkbox"]')];
    if (box.checked) {
      const special = box.hasAttribute("data-boxes-special");
      for (const other of all) if (other !== box && (special || other.hasAttribute("data-boxes-special"))) other.checked = false;
    } else if (all.every((one) => !one.checked)) {
      const unknown = all.find((one) => one.dataset.boxesSpecial === "unknown");
      if (unknown) unknown.checked = true;
    }
  }

  /** The search inside a long list of boxes. */
  typed(event) {
    if (!event.target.matches("[data-boxes-search]")) return;
    const wanted = plain(event.target.value);
    const boxes = event.target.closest("fieldset").querySelector("[data-boxes]");
    for (const label of boxes.querySelectorAll("label")) {
      label.hidden = wanted !== "" && !plain(label.textContent).includes(wanted) && !label.querySelector("input").checked;
    }
  }

  apply() {
    const wanted = plain(this.search?.value || "").split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const fact of this.facts) {
      const settled = fact.classList.contains("is-settled") && !this.withSettled && !fact.classList.contains("has-fault");
      const fits = wanted.length ? wanted.every((word) => fact.dataset.find.includes(word)) : !settled;
      const kind = this.show === "all" || (this.show === "open" ? fact.dataset.known === "0" : fact.dataset.tier === "1");
      fact.hidden = !(fits && kind) && fact !== this.target;
      if (!fact.hidden) shown += 1;
    }
    for (const group of this.root.querySelectorAll("[data-facts-group]")) {
      group.hidden = ![...group.querySelectorAll("[data-fact]")].some((fact) => !fact.hidden);
    }
    const none = this.root.querySelector("[data-facts-none]");
    if (none) none.hidden = shown > 0;
  }

  /** The address names one question: it is shown whatever the filter says. */
  reveal() {
    const target = location.hash.startsWith("#fact-") ? document.getElementById(location.hash.slice(1)) : null;
    this.target = target;
    if (!target) return;
    this.apply();
    target.scrollIntoView({ block: "start" });
  }

  /** The server says anew which open questions make no difference with the answers typed so far. */
  settle() {
    const data = document.getElementById("facts-settled");
    if (!data) return;
    const settled = new Set(JSON.parse(data.textContent));
    for (const fact of this.facts) fact.classList.toggle("is-settled", settled.has(fact.dataset.fact));
    this.apply();
  }
}

if (page) new Page(page);

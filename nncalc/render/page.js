// A cell is a td; its value is the element around it whose id is v and a number, its sources are in data-r.
{
const MOST_LINES = 16, MOST_LINKS = 100;
const why = document.getElementById("why"), hint = [...why.childNodes];
const owner = cell => cell.closest("[id^=v]");
const known = new Map();  // the cells of each value, in the order of its numbers
const cellsOf = value => known.get(value) ?? known.set(value, value.localName === "td" ? [value] : all(value, "td:not(.f)")).get(value);
const shapeOf = value => value.dataset.s ? value.dataset.s.split(",").map(Number) : [];
const signOf = value => value.querySelector(".sym") ?? value.closest("table").tHead.rows[0].cells[value.cellIndex].firstChild;
const nameOf = value => value.dataset.n ?? signOf(value).textContent;
const skeleton = cell => document.getElementById("f" + cell.dataset.f);
const sources = cell => {
  const values = skeleton(cell)?.dataset.v?.split(" ") ?? [], places = cell.dataset.r?.split(" ");
  return values.map((value, i) => cellsOf(document.getElementById("v" + value))[places ? places[i] : 0]);
};

function place(cell) {  // counted from 1, an axis each
  let flat = cellsOf(owner(cell)).indexOf(cell);
  return shapeOf(owner(cell)).reduceRight((found, n) => { found.unshift(flat % n + 1); flat = Math.floor(flat / n); return found; }, []);
}
function symbol(cell) {
  const inside = [...signOf(owner(cell)).cloneNode(true).childNodes], at = place(cell).join(",");
  return sign("mrow", ...inside, ...(at ? [sign("mn", "[" + at + "]")] : []));
}
function label(cell) {
  const at = place(cell);
  return nameOf(owner(cell)) + (at.length ? "[" + at + "]" : "");
}

// A number that leads to its cell: a link in words; within mathematics (in mn, for around mtext no sign has its room) a mark that a pointer finds.
function lead(source, values, tag) {
  const made = make(tag, source.textContent.trim());
  source.id ||= "c" + owner(source).id + "." + cellsOf(owner(source)).indexOf(source);
  made.dataset.to = source.id;
  made.className = "s" + values.indexOf(owner(source)) % 3;
  if (tag === "a") {
    made.href = "#" + source.id;
    made.ariaLabel = made.textContent + ", " + label(source);
  }
  return made;
}
// A skeleton with the symbols of its sources put in, or with their numbers.
function put(cell, numbers) {
  const from = sources(cell), values = [...new Set(from.map(owner))];
  return filled(skeleton(cell), i => numbers ? lead(from[i], values, "span") : symbol(from[i]));
}
const moved = cell => skeleton(cell).content.firstChild.childElementCount < 2 && sources(cell).length < 2
  && !skeleton(cell).content.querySelector("mrow, mfrac, msup, msqrt");
const result = cell => [equal(sign("math", sign("mn", cell.textContent.trim()))), ...(cell.dataset.e ? [" (" + cell.dataset.e + ")"] : [])];

// Where sources stand, in words: X rows 3–4, columns 3–4.
function span(places) {
  const sorted = [...new Set(places)].sort((a, b) => a - b), [first, last] = [sorted[0], sorted.at(-1)];
  const even = last - first === sorted.length - 1;
  return [!even ? sorted.join(", ") : first === last ? String(first) : first + "–" + last, sorted.length];
}
function words(value, cells) {
  const name = nameOf(value), shape = shapeOf(value), count = new Set(cells).size;
  if (!shape.length) return name;
  if (count === cellsOf(value).length && count > 1) return "all of " + name;
  if (count === 1 && shape.length === 1) return label(cells[0]);
  const axes = shape.map((size, axis) => [...span(cells.map(cell => place(cell)[axis])), size]);
  if (axes.reduce((product, [, n]) => product * n, 1) !== count) return count + " cells of " + name;
  const lead = axes.slice(0, -2), titles = [...lead.map(() => "block"), "row", "column"].slice(-shape.length);
  const one = lead.length && lead.every(([, n]) => n === 1);  // K[1], a matrix of several
  const named = one ? name + "[" + lead.map(([text]) => text).join(",") + "]" : name;
  const said = axes.flatMap(([text, n, size], i) => (one && i < lead.length) || n === size ? []
    : [(shape.length === 1 ? "cell" : titles[i]) + (n > 1 ? "s " : " ") + text]);
  return said.length ? named + " " + said.join(", ") : "all of " + named;
}
function listed(texts) { return texts.length < 2 ? texts.join("") : texts.slice(0, -1).join(", ") + " and " + texts.at(-1); }

let shown = null;
function dark() {
  for (const cell of all(document, ".lit, .here")) cell.classList.remove("lit", "here", "s0", "s1", "s2");
}
function explain(cell) {
  if (cell === shown) return;
  dark();
  shown = cell;
  cell.classList.add("here");
  const from = sources(cell), values = [...new Set(from.map(owner))];
  for (const source of from) source.classList.add("lit", "s" + values.indexOf(owner(source)) % 3);
  const name = make("p", sign("math", symbol(cell)), " "), lines = [name];
  name.className = "what";
  if (cell.dataset.f === undefined) name.append(...result(cell), owner(cell).closest(".given") ? " is given" : "");
  else if (moved(cell)) name.append(equal(put(cell, false)), " ", ...result(cell));
  else {
    name.append(...folded(equal(put(cell, false))));
    lines.push(make("p", ...folded(equal(put(cell, true)))), make("p", ...result(cell)));
  }
  if (from.length) lines.push(make("p", "from " + listed(values.map(value => words(value, from.filter(at => owner(at) === value))))));
  const links = make("p", ...[...new Set(from)].slice(0, MOST_LINKS).flatMap(source => [lead(source, values, "a"), " "]));
  const reason = owner(cell).dataset.why;
  if (reason) lines.push(make("p", reason));
  lines.at(-1).classList.add("from");
  why.replaceChildren(...lines, ...(from.length ? [links] : []));
}
function dismiss() {
  if (why.contains(document.activeElement)) shown?.focus();
  dark();
  shown = null;
  why.replaceChildren(...hint);
}
function go(cell) {
  for (let at = cell.parentElement; at; at = at.parentElement) if (at.localName === "details") at.open = true;
  for (const other of all(cell.closest("table"), "td[tabindex='0']")) other.tabIndex = -1;
  cell.tabIndex = 0;
  cell.focus();
  explain(cell);
}

// The cells of a step worked line by line, when it is first open; of single numbers in their row.
function work(step) {
  const cells = cellsOf(step).filter(cell => cell.dataset.f !== undefined);
  if (step.dataset.worked || cells.length > MOST_LINES || cells.every(moved)) return;
  step.dataset.worked = "yes";
  if (step.localName === "tr") {
    if (sources(cells[0]).length) step.querySelector(".f").append(" ", ...folded(equal(put(cells[0], true))));
    return;
  }
  const lines = make("ul", ...cells.map(cell => make("li", sign("math", symbol(cell)), make("span", ...folded(equal(put(cell, true))), ...result(cell)))));
  lines.className = "lines";
  step.append(lines);
}

// Next and Previous: the steps of a working, one after the other.
function walk(working) {
  const steps = all(working, ".step"), end = all(working, "section:has(> .answer)");
  if (steps.length < 2) return;
  let count = steps.length;
  const told = make("output"), button = (text, key, act) => {
    const made = make("button", text);
    made.type = "button";
    if (key) made.setAttribute("aria-keyshortcuts", key);
    made.addEventListener("click", act);
    return made;
  };
  function reveal(to, move) {
    count = Math.max(1, Math.min(steps.length, to));
    steps.forEach((step, i) => { step.hidden = i >= count; });
    for (const part of all(working, "section:has(.step), .fold, .group")) part.hidden = all(part, ".step").every(step => step.hidden);
    for (const part of end) part.hidden = count < steps.length;
    told.value = count < steps.length ? "step " + count + " of " + steps.length : steps.length + " steps";
    if (move) go(cellsOf(steps[count - 1])[0]);
  }
  const next = () => reveal(count < steps.length ? count + 1 : 1, true), back = () => reveal(count - 1, true);
  const bar = make("div", button("Previous", "p", back), button("Next", "n", next), button("All", "", () => reveal(steps.length)), told);
  bar.className = "walk";
  bar.role = "group";
  bar.ariaLabel = "Step by step";
  working.querySelector("h1, h2").after(bar);
  told.value = steps.length + " steps";
  working.addEventListener("keydown", event => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "n") next(); else if (event.key === "p") back();
  });
}

tight(document);
for (const [what, role] of [["tbody", "rowgroup"], ["tr", "row"], ["th", "rowheader"], ["td", "gridcell"]]) {
  for (const part of all(document, ".numbers > tbody" + (what === "tbody" ? "" : " " + what))) part.role = role;  // also where the style makes them no table
}
for (const mark of all(document, "th .sym")) {
  const head = mark.parentElement, row = head.closest("[id]");
  mark.ariaHidden = true;
  const name = make("span", nameOf(row?.localName === "tr" ? row : head.closest("table").rows[1].cells[head.cellIndex]));
  name.className = "unseen";
  head.append(name);
}
for (const table of all(document, "table:not(.overview)")) {
  table.role = "grid";
  const cells = all(table, "td:not(.f)");
  cells.forEach((cell, i) => { cell.tabIndex = i ? -1 : 0; });
  table.addEventListener("focusin", event => { if (event.target.matches("td")) { event.target.ariaLabel = label(event.target) + ", " + event.target.textContent.trim(); explain(event.target); } });
  table.addEventListener("mouseover", event => { const cell = event.target.closest("td:not(.f)"); if (cell) explain(cell); });
  table.addEventListener("click", event => { const cell = event.target.closest("td:not(.f)"); if (cell) go(cell); });
  table.addEventListener("keydown", event => {
    const cell = event.target, row = cell.parentElement;
    if (!cell.matches("td") || event.altKey || event.metaKey) return;
    const beside = all(row, "td:not(.f)"), i = beside.indexOf(cell);
    const up = row.previousElementSibling, down = row.nextElementSibling;
    const below = to => to && !to.hidden ? all(to, "td:not(.f)")[i] : undefined;
    const to = { ArrowRight: beside[i + 1], ArrowLeft: beside[i - 1], ArrowDown: below(down), ArrowUp: below(up),
                 Home: event.ctrlKey ? cells[0] : beside[0], End: event.ctrlKey ? cells.at(-1) : beside.at(-1),
                 Enter: why.querySelector("a") }[event.key];
    if (event.key.startsWith("Arrow") || to) event.preventDefault();
    if (to?.matches("td")) go(to); else to?.focus();
  });
}
document.addEventListener("click", event => {
  const link = event.target.closest("[data-to], a[href^='#']");
  const at = link && document.getElementById(link.dataset.to ?? link.hash.slice(1));
  if (!at) return;
  event.preventDefault();
  go(at.matches("td") ? at : cellsOf(at)[0]);
});
const point = (event, on) => {
  const to = event.target.closest?.("[data-to]")?.dataset.to;
  if (to) document.getElementById(to).classList.toggle("hit", on);
};
for (const [kind, on] of [["mouseover", true], ["focusin", true], ["mouseout", false], ["focusout", false]]) document.addEventListener(kind, event => point(event, on));
document.addEventListener("keydown", event => { if (event.key === "Escape") dismiss(); });
for (const step of all(document, ".step")) {
  const fold = step.closest("details:not([open])");
  if (fold) fold.addEventListener("toggle", () => work(step), { once: true }); else work(step);
}
for (const working of all(document, ".working")) walk(working);
addEventListener("beforeprint", () => { for (const step of all(document, "details")) { step.open = true; work(step); } });
}

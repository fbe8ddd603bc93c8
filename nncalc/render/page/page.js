// A cell is a td in the element of its value, whose id is v and a number; values.py says how cells name their sources.
const MOST_LINES = 16, MOST_LINKS = 100, CELLS = "tbody td:not(.f)", STEPS = "details[id^=v], tr[id]";
const page = document, byId = id => page.getElementById(id);
const panel = byId("why"), hint = [...panel.childNodes], frames = byId("frames").content.children;

const owner = cell => cell.closest("[id^=v]");
const cellAt = event => { const cell = event.target.closest?.(CELLS); return cell && owner(cell) ? cell : null; };
const known = new Map();  // the cells of each value, in the order of its numbers
const cellsOf = holder => known.get(holder) ?? known.set(holder, holder.localName === "td" ? [holder] : all(holder, CELLS)).get(holder);
const shapeOf = holder => holder.dataset.s ? holder.dataset.s.split(",").map(Number) : [];
const signOf = holder => (holder.querySelector("math") ?? holder.closest("table").tHead.rows[0].children[holder.cellIndex].firstChild).firstChild;
const said = part => {
  const texts = [...part.children].map(said), kind = part.localName;
  return kind === "msub" ? texts[0] + (texts[1] > "9" ? "_" : "") + texts[1] : kind === "msup" ? texts[1].slice(1, -1) + "." + texts[0]
    : texts.join(kind === "mfrac" ? "/" : "") || part.textContent;
};
const nameOf = holder => holder.dataset.n ?? said(signOf(holder));
const frame = cell => frames[(cell.dataset.f ?? owner(cell).dataset.f) || -1];
const formula = cell => frames[frame(cell)?.dataset.as] ?? frame(cell);
const made = cell => formula(cell)?.firstChild;  // a marked sheet may say from which cells, and not how
const flat = cell => cellsOf(owner(cell)).indexOf(cell);
const sources = cell => {
  const at = flat(cell), own = Number(owner(cell).id.slice(1)), places = cell.dataset.r?.split(" ");
  return (frame(cell)?.dataset.v?.split(" ") ?? []).map((back, i) => {
    const cells = cellsOf(byId("v" + (own - back)));
    return cells[places ? places[i] : at % cells.length];
  });
};
const valuesOf = cells => [...new Set(cells.map(owner))];
const written = cell => cell.textContent.trim();

const place = cell => placed(flat(cell), shapeOf(owner(cell)));
const index = cell => { const found = place(cell).join(","); return found && "[" + found + "]"; };
const symbol = cell => sign("mrow", signOf(owner(cell)).cloneNode(true), ...(index(cell) ? [sign("mn", index(cell))] : []));
const label = cell => nameOf(owner(cell)) + index(cell);

// A number that leads to its cell: a link in words; within mathematics (in mn, for around mtext no sign has its room) a mark that a pointer finds.
function lead(source, values, tag) {
  const link = classed(make(tag, written(source)), "to s" + values.indexOf(owner(source)) % 3);
  link.leads = source;
  if (tag === "a") {
    link.href = "#" + owner(source).id;
    link.ariaLabel = written(source) + ", " + label(source);
  }
  return link;
}
// How a cell is made, with the symbols of its sources or with their numbers.
function put(cell, numbers) {
  const from = sources(cell), values = valuesOf(from);
  return equal(formula(cell), i => numbers ? lead(from[i], values, "span") : symbol(from[i]));
}
const moved = cell => formula(cell).childElementCount < 2 && sources(cell).length < 2 && !formula(cell).querySelector("mrow, mfrac, msup, msqrt");
const result = (cell, more = cell.dataset.e) => [sign("math", sign("mo", "="), sign("mn", cell.dataset.w ?? written(cell))), more ? " (" + more + ")" : ""];

// Where sources stand, in words: X rows 3–4, columns 3–4.
function span(places) {
  const sorted = [...new Set(places)].sort((a, b) => a - b), first = sorted[0], last = sorted.at(-1);
  return [last - first >= sorted.length ? sorted.join(", ") : first === last ? String(first) : first + "–" + last, sorted.length];
}
function words(holder, cells) {
  const name = nameOf(holder), shape = shapeOf(holder), count = new Set(cells).size, rank = shape.length;
  if (!rank) return name;
  if (count === cellsOf(holder).length && count > 1) return "all of " + name;
  if (count === 1 && rank === 1) return label(cells[0]);
  const axes = shape.map((size, axis) => [...span(cells.map(cell => place(cell)[axis])), size]);
  if (axes.reduce((product, [, n]) => product * n, 1) !== count) return count + " cells of " + name;
  const blocks = axes.slice(0, -2), one = blocks.length && blocks.every(([, n]) => n === 1);  // K[1], a matrix of several
  const named = one ? name + "[" + blocks.map(([text]) => text).join(",") + "]" : name;
  const said = axes.flatMap(([text, n, size], i) => (one && i < rank - 2) || n === size ? []
    : [(rank === 1 ? "cell" : i < rank - 2 ? "block" : i < rank - 1 ? "row" : "column") + (n > 1 ? "s " : " ") + text]);
  return said.length ? named + " " + said.join(", ") : "all of " + named;
}
const listed = texts => [texts.slice(0, -1).join(", "), texts.at(-1)].filter(Boolean).join(" and ");

let shown = null;
function dark() {
  for (const cell of all(page, ".lit, .here")) cell.classList.remove("lit", "here", "s0", "s1", "s2");
}
function explain(cell) {
  if (cell === shown) return;
  dark();
  shown = cell;
  cell.classList.add("here");
  const from = sources(cell), values = valuesOf(from), reason = owner(cell).dataset.why ?? formula(cell)?.dataset.why;
  for (const source of from) source.classList.add("lit", "s" + values.indexOf(owner(source)) % 3);
  const name = classed(make("p", sign("math", symbol(cell)), " "), "what"), lines = [name];
  if (!made(cell)) name.append(...result(cell, ""), owner(cell).closest(".given") ? " is given" : "");
  else if (moved(cell)) name.append(...put(cell, false), ...result(cell, ""));
  else {
    name.append(...put(cell, false));
    lines.push(make("p", ...put(cell, true)), make("p", ...result(cell, "")));
  }
  if (cell.dataset.e) lines.push(make("p", cell.dataset.e));
  if (from.length) lines.push(make("p", "from " + listed(values.map(holder => words(holder, from.filter(source => owner(source) === holder))))));
  lines.at(-1).classList.toggle("from", from.length);
  if (reason) lines.push(make("p", reason));
  if (from.length) lines.push(make("p", ...[...new Set(from)].slice(0, MOST_LINKS).flatMap(source => [lead(source, values, "a"), " "])));
  panel.replaceChildren(...lines);
}
function dismiss() {
  if (panel.contains(page.activeElement)) shown?.focus();
  dark();
  shown = null;
  panel.replaceChildren(...hint);
}
function go(cell) {
  for (let fold = cell; fold; fold = fold.parentElement) if (fold.localName === "details") fold.open = true;
  for (const other of all(cell.closest("table"), "[tabindex='0']")) other.tabIndex = -1;
  cell.tabIndex = 0;
  cell.focus();
  explain(cell);
}

// The cells of a step worked line by line, when it is first open; of single numbers in their row.
function work(step) {
  const cells = cellsOf(step).filter(made);
  if (step.dataset.worked || cells.length > MOST_LINES || cells.every(moved)) return;
  step.dataset.worked = "yes";
  if (step.localName === "tr") {
    if (sources(cells[0]).length) step.querySelector(".f").append(" ", ...put(cells[0], true));
  } else step.append(classed(make("ul", ...cells.map(cell => make("li", sign("math", symbol(cell)), make("span", ...put(cell, true), ...result(cell))))), "lines"));
}

tight(page);
const ROLES = { tbody: "rowgroup", tr: "row", th: "rowheader", td: "gridcell" };  // also where the style makes them no table
for (const part of all(page, ".numbers tbody, .numbers tbody :is(tr, th, td)")) part.role = ROLES[part.localName];
for (const mark of all(page, "th math")) {
  const head = mark.parentElement, row = head.parentElement;
  mark.ariaHidden = true;
  head.append(classed(make("span", nameOf(row.id ? row : head.closest("table").rows[1].children[head.cellIndex])), "unseen"));
}
for (const table of all(page, "table:not(.overview)")) {
  table.role = "grid";
  if (table.matches(".numbers")) table.ariaLabel = "steps " + nameOf(table.rows[1]) + " to " + nameOf([...table.rows].at(-1));
  all(table, CELLS).forEach((cell, i) => { cell.tabIndex = i ? -1 : 0; });
}
on(page, "mouseover focusin mouseout focusout", event => {
  const cell = cellAt(event), inside = event.type === "mouseover" || event.type === "focusin";
  event.target.leads?.classList.toggle("hit", inside);
  if (cell && inside) {
    cell.ariaLabel = [label(cell), written(cell), cell.dataset.e].filter(Boolean).join(", ");
    explain(cell);
  }
});
on(page, "click", event => {
  const link = event.target.closest(".to, a[href^='#v']"), to = link ? link.leads ?? byId(link.hash.slice(1)) : cellAt(event);
  if (!to) return;
  if (link) event.preventDefault();
  go(to.matches(CELLS) ? to : cellsOf(to)[link.dataset.at ?? 0]);
});
on(page, "keydown", event => {
  const cell = cellAt(event), key = event.key;
  if (key === "Escape") dismiss();
  if (!cell || event.altKey || event.metaKey) return;
  const cells = all(cell.closest("table"), CELLS), row = all(cell.parentElement, CELLS), ends = event.ctrlKey ? cells : row;
  const i = cells.indexOf(cell), j = row.indexOf(cell);
  const to = { ArrowRight: row[j + 1], ArrowLeft: row[j - 1], ArrowDown: cells[i + row.length], ArrowUp: cells[i - row.length],
               Home: ends[0], End: ends.at(-1), Enter: panel.querySelector("a") }[key];
  if (key.startsWith("Arrow") || to) event.preventDefault();
  if (to?.localName !== "td") to?.focus(); else if (!to.closest("[hidden]")) go(to);
});
for (const step of all(page, STEPS)) {
  const fold = step.closest("details:not([open])");
  if (fold) fold.addEventListener("toggle", () => work(step), { once: true }); else work(step);
}
addEventListener("beforeprint", () => { for (const part of all(page, "details")) part.open = true; all(page, STEPS).forEach(work); });

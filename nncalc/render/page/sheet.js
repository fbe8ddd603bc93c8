// A worksheet: a cell for every number asked, what verdicts.js says of it, hints by level, and a sheet to save.
const VERDICTS = [
  ["✓", "right", ""],
  ["≈", "rounded", "as near as numbers rounded on the way allow"],
  ["→", "follows", "right with your own earlier numbers"],
  ["…", "too few places", "right as far as it goes; more digits are asked"],
  ["", "", ""],
  ["✗", "wrong", "not the number that was asked"],
  ["?", "not told", "this page cannot follow your numbers here; nncalc check can"],
];
const UNREAD = ["?", "no number", "it cannot be read as a number, and is kept as you typed it"];
const CLASSES = ["right", "rounded", "follows", "places", "", "wrong", "untold"];
const LEVELS = ["Hint: the formula", "Hint: with your numbers", "Show the number"];
const why = document.getElementById("why"), told = make("p");
let data, working, followed, judged = new Map();
let entered = null;
const asked = [], inputs = new Map(), hinted = new Map(), hints = new Map(), opened = new Set();

async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
  return JSON.parse(await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).text());
}

// Where a cell stands, and how that is said and written.
const placeOf = at => placed(at - working.owner[at].start, working.owner[at].shape);
function label(at) {
  const place = placeOf(at), name = data.called[working.owner[at].name];
  if (place.length < 2) return place.length ? "cell " + place[0] + " of " + name : name;
  const words = [...place.slice(0, -2).map(() => "block"), "row", "column"];
  return words.map((word, i) => word + " " + place[i]).join(", ") + " of " + name;
}
function symbolOf(at) {
  const inside = document.getElementById("n" + working.values.indexOf(working.owner[at])).content.firstChild.cloneNode(true);
  const place = placeOf(at);
  return sign("mrow", ...inside.childNodes, ...(place.length ? [sign("mn", "[" + place + "]")] : []));
}

// What was typed, as numbers; what cannot be read is none.
function typed(at) {
  const text = inputs.get(at)?.value ?? "";
  return text.trim().length > data.digits ? { text } : readNumber(text);
}
const isRead = at => typed(at)?.as !== undefined;
function sheet() {
  return new Map([...inputs.keys()].filter(isRead).map(at => [at, typed(at)]));
}
function mark(changed = null) {
  ({ judged, followed } = working.judge(sheet()));
  inputs.forEach((_, at) => paint(at));
  const good = [...judged.values()].filter(verdict => verdict <= ROUNDED).length, cells = asked.filter(value => opened.has(value.name)).reduce((sum, value) => sum + value.end - value.start, 0);
  progress.value = good + " of " + cells + " right" + (opened.size < asked.length ? ", and cells not shown" : "");
  if (changed !== null) {
    const [, word, meaning] = verdictOf(changed);
    told.textContent = label(changed) + ": " + (word ? word + (meaning ? ", " + meaning : "") : "empty") + ". " + progress.value + ".";
  }
  keep();
  if (shown !== null) show(shown);
}
function verdictOf(at) {
  if (!isRead(at)) return typed(at) === null ? VERDICTS[MISSING] : UNREAD;
  const [mark, word, meaning] = VERDICTS[judged.get(at) ?? MISSING], accepted = working.accepted.get(working.owner[at]);
  return [mark, word, accepted && judged.get(at) === RIGHT ? accepted : meaning];
}
function paint(at) {
  const input = inputs.get(at), [mark, word] = verdictOf(at), verdict = judged.get(at) ?? MISSING;
  input.className = isRead(at) ? CLASSES[verdict] : word ? "untold" : "";
  input.setAttribute("aria-invalid", String(isRead(at) ? verdict === WRONG : word !== ""));
  input.nextSibling.textContent = word ? mark + " " + word : "";
  input.nextSibling.className = "verdict " + input.className;
}

// Cells.
function cell(at) {
  const input = make("input"), verdict = classed(make("span"), "verdict");
  input.type = "text";
  input.autocomplete = "off";
  input.spellcheck = false;
  wide(input);
  input.setAttribute("aria-label", label(at));
  input.setAttribute("aria-describedby", "o" + at);
  input.id = "i" + at;
  verdict.id = "o" + at;
  inputs.set(at, input);
  on(input, "focus", () => show(at));
  on(input, "input", () => { entered = null; judged.delete(at); input.className = verdict.className = ""; verdict.replaceChildren(); wide(input); });
  on(input, "change", () => { if (entered === at) entered = null; else mark(at); });
  on(input, "keydown", event => move(event, at));
  on(input, "paste", event => spread(event, at));
  return [input, verdict];
}
const wide = input => { input.size = Math.max(7, Math.min(24, input.value.length + 1)); };
function table(value, start, shape, name) {
  const rows = shape.length > 1 ? shape[0] : 1, columns = shape.at(-1), made = make("table"), head = make("tr"), body = make("tbody");
  const caption = make("caption", name), th = (text, scope) => { const one = make("th", text); one.scope = scope; return one; };
  if (value.shape.length > 2) caption.className = "seen";
  if (shape.length > 1) head.append(classed(make("td"), "f"));
  for (let j = 0; j < columns; j++) head.append(th(j + 1, "col"));
  for (let i = 0; i < rows; i++) {
    const row = make("tr", ...(shape.length > 1 ? [th(i + 1, "row")] : []));
    for (let j = 0; j < columns; j++) row.append(make("td", ...cell(start + i * columns + j)));
    body.append(row);
  }
  made.append(caption, make("thead", head), body);
  return classed(make("div", made), "scroll");
}
function cells(value) {
  const name = data.called[value.name], inner = value.shape.slice(-2), size = inner.reduce((a, b) => a * b, 1), made = [];
  if (!value.shape.length) return [classed(make("div", ...cell(value.start)), "one")];
  for (let start = value.start; start < value.end; start += size) {
    const lead = placeOf(start).slice(0, -2);
    made.push(table(value, start, inner, lead.length ? name + "[" + lead + "]" : name));
  }
  return made;
}
function open(section, value) {
  section.querySelector("button")?.remove();
  opened.add(value.name);
  section.append(...cells(value));
}
function build(section) {
  const value = working.values[section.dataset.v];
  asked.push(value);
  if (!section.dataset.telling) { open(section, value); return; }
  const show = button("Show its cells: their number tells the size", () => {
    open(section, value);
    mark();
    inputs.get(value.start).focus();
  });
  section.append(show);
}

// Keys: Enter goes on, arrows go around in a matrix, Alt and Enter ask for a hint.
function move(event, at) {
  const { key, target } = event, value = working.owner[at], columns = value.shape.at(-1) ?? 1;
  if (key === "Enter" && event.altKey) { event.preventDefault(); hint(at); return; }
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const order = [...inputs.keys()].sort((a, b) => a - b), next = order[order.indexOf(at) + (event.shiftKey ? -1 : 1)];
  const column = (at - value.start) % columns, first = target.selectionStart === 0 && target.selectionEnd === 0;
  const whole = target.selectionStart === 0 && target.selectionEnd === target.value.length;
  const last = whole || (target.selectionStart === target.selectionEnd && target.selectionEnd === target.value.length);
  const to = {
    Enter: next, ArrowUp: value.shape.length > 1 ? at - columns : undefined, ArrowDown: value.shape.length > 1 ? at + columns : undefined,
    ArrowLeft: column > 0 && (first || whole) ? at - 1 : undefined, ArrowRight: column < columns - 1 && last ? at + 1 : undefined,
  }[key];
  if (key === "Enter") {
    mark(at);
    entered = at;  // that it is left is no news then
  }
  if (to === undefined || (key !== "Enter" && working.owner[to] !== value)) return;
  event.preventDefault();
  if (inputs.has(to)) { inputs.get(to).focus(); inputs.get(to).select(); }
}
// Several numbers at once, as a spreadsheet or a program gives them, go into the cells from here on.
function spread(event, at) {
  const text = (event.clipboardData?.getData("text") ?? "").replace(/[[\]]/g, " ").trim(), value = working.owner[at], columns = value.shape.at(-1) ?? 1;
  const rows = text.split(/[;\n]+/).map(row => row.trim().split(/\s*[,\t]\s+|\s+/).filter(Boolean));
  if (rows.flat().length < 2 || readNumber(text)?.as !== undefined) return;
  const from = at - value.start, column = from % columns;
  event.preventDefault();
  rows.forEach((row, i) => row.forEach((one, j) => {
    const input = column + j < columns ? inputs.get(at + i * columns + j) : undefined;
    if (input && working.owner[at + i * columns + j] === value) { input.value = one; wide(input); }
  }));
  mark(at);
}

// Hints: the formula in symbols, with the numbers that are given or typed, and at last the number.
let shown = null;
const levelsOf = at => hints.get(at) ? LEVELS : LEVELS.slice(2);
function hint(at) {
  hinted.set(at, Math.min((hinted.get(at) ?? 0) + 1, levelsOf(at).length));
  keep();
  show(at);
  told.textContent = why.querySelector(".hint:last-of-type")?.textContent ?? "";
}
const written = number => Number(number.toPrecision(12)).toString().replace("-", "−").replace("Infinity", "∞");
function formula(at, numbers) {
  const [skeleton, ...from] = hints.get(at);
  return equal(document.getElementById("f" + skeleton).content.firstChild, i => {
    const value = working.owner[from[i]], isKnown = value.role === 0 || isRead(from[i]);
    return numbers && isKnown ? make("span", written(isRead(from[i]) ? typed(from[i]).value : working.exact[from[i]])) : symbolOf(from[i]);
  });
}
function answer(at) {
  const own = followed.computed[at], number = Number.isNaN(own) ? working.exact[at] : own, unit = working.unit(number, working.isCount(followed, at));
  const places = unit ? Math.max(0, Math.round(-Math.log10(unit))) : 0;
  const text = typeof data.numbers[at] === "string" ? data.numbers[at] : unit && places < 20 ? number.toFixed(places) : written(number);
  return [sign("math", sign("mo", "="), sign("mn", text.replace("-", "−"))), Number.isNaN(own) || own === working.exact[at] ? "" : ", from your earlier numbers"];
}
// Whether a formula that numbers decide was decided by others than the student's.
function mayTurn(at) {
  const made = working.made[at];
  return made.from !== undefined && working.open[made.skeleton] && made.from.some(from => followed.held[from] !== working.exact[from]);
}
function waiting(at) {
  const [, ...from] = hints.get(at), empty = [...new Set(from.filter(each => working.owner[each].role !== 0 && inputs.has(each) && !isRead(each)).map(each => data.called[working.owner[each].name]))];
  return empty.length ? make("p", "First fill in " + empty.join(", ") + ".") : null;
}
function show(at) {
  shown = at;
  const [mark, word, meaning] = verdictOf(at), levels = levelsOf(at), level = hinted.get(at) ?? 0, symbol = sign("math", symbolOf(at));
  const head = make("p", symbol, word ? " " : "", ...(word ? [make("b", mark + " " + word)] : []), meaning ? ": " + meaning : "");
  const parts = levels.slice(0, level).map(name =>
    classed(make("p", sign("math", symbolOf(at)), " ", ...(name === LEVELS[2] ? answer(at) : formula(at, name === LEVELS[1]))), "hint"));
  if (level === 2 && levels.length === 3) parts.push(waiting(at) ?? "");
  if (level > 0 && mayTurn(at)) parts.push(make("p", "So it is with the right numbers; with yours another case may hold."));
  const more = level < levels.length ? [button(levels[level], () => { hint(at); (why.querySelector("button") ?? inputs.get(at)).focus(); }, "Alt+Enter")] : [];
  why.replaceChildren(classed(head, "what " + inputs.get(at).className), ...parts, ...more);
}

// What stays over a reload, and what is saved: neither leaves this machine.
const key = () => "nncalc:" + data.id;
function keep() {
  const texts = Object.fromEntries([...inputs].filter(([, input]) => input.value).map(([at, input]) => [at, input.value]));
  try {
    localStorage.setItem(key(), JSON.stringify({ texts, hints: [...hinted], opened: [...opened] }));
  } catch { /* a browser that keeps nothing */ }
}
function restored() {
  try {
    return JSON.parse(localStorage.getItem(key())) ?? {};
  } catch {
    return {};
  }
}
// A text in a comment: no sign of it may end the line, or be none that a sheet may have.
const seen = text => JSON.stringify(text).replace(/\p{C}|\p{Zl}|\p{Zp}/gu, letter => "\\u{" + letter.codePointAt(0).toString(16) + "}");
function saved() {
  const nested = (shape, at) => {
    if (!shape.length) return isRead(at) ? typed(at).as : "~";
    const size = shape.slice(1).reduce((a, b) => a * b, 1);
    return "[" + Array.from({ length: shape[0] }, (_, i) => nested(shape.slice(1), at + i * size)).join(", ") + "]";
  };
  const lines = asked.flatMap(value => {
    const unread = [...inputs.keys()].filter(at => working.owner[at] === value && typed(at) !== null && !isRead(at));
    const notes = unread.map(at => "# " + label(at) + " cannot be read: " + seen(inputs.get(at).value));
    return [...notes, data.keys[value.name] + ": " + (inputs.has(value.start) ? nested(value.shape, value.start) : "~")];
  });
  return ["# " + data.title, "# From the worksheet; mark it with: nncalc check", ...lines, ""].join("\n");
}
function save() {
  const link = make("a"), url = URL.createObjectURL(new Blob([saved()], { type: "text/yaml" }));
  link.href = url;
  link.download = data.name + ".answers.yaml";
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
  told.textContent = "Saved as " + link.download + ".";
}
function clear() {
  if (wipe.textContent !== "Clear all: sure?") { wipe.textContent = "Clear all: sure?"; return; }
  wipe.textContent = "Clear all";
  for (const input of inputs.values()) { input.value = ""; wide(input); }
  hinted.clear();
  mark();
  told.textContent = "All cells are empty.";
}

const progress = make("output"), wipe = button("Clear all", clear);
on(wipe, "blur", () => { wipe.textContent = "Clear all"; });
told.className = "unseen";
told.role = "status";
tight(document);
unpacked(document.getElementById("data").content.textContent).then(found => {
  data = found;
  working = new Working(data);
  document.querySelector(".practice").after(bar("The sheet", button("Save answers", save), wipe, progress), told);
  const before = restored();
  for (const section of all(document, ".asked")) {
    build(section);
    if (before.opened?.includes(working.values[section.dataset.v].name) && section.dataset.telling) open(section, asked.at(-1));
  }
  let rest = 0;
  for (const value of asked) {
    for (let at = value.start; at < value.end; at++) {
      const skeleton = data.hints[rest++], count = skeleton < 0 ? 0 : data.hints[rest++];
      if (skeleton >= 0) hints.set(at, [skeleton, ...data.hints.slice(rest, rest += count)]);
    }
  }
  for (const [at, text] of Object.entries(before.texts ?? {})) {
    const input = inputs.get(Number(at));
    if (input) { input.value = text; wide(input); }
  }
  for (const [at, level] of before.hints ?? []) hinted.set(at, level);
  mark();
  document.body.dataset.ready = "yes";
});

// Elements, and formulas: MathML with places (ms) for a symbol or a number.
const MATHML = "http://www.w3.org/1998/Math/MathML";
const all = (root, what) => [...root.querySelectorAll(what)];
const filled = (part, inside) => { part.append(...inside); return part; };
const make = (tag, ...inside) => filled(document.createElement(tag), inside);
const sign = (tag, ...inside) => filled(document.createElementNS(MATHML, tag), inside);
const classed = (part, name) => { part.className = name; return part; };
const on = (what, kinds, act) => { for (const kind of kinds.split(" ")) what.addEventListener(kind, act); };
function button(text, act, keys) {
  const made = make("button", text);
  made.type = "button";
  if (keys) made.setAttribute("aria-keyshortcuts", keys);
  on(made, "click", act);
  return made;
}
function bar(label, ...inside) {
  const made = classed(make("div", ...inside), "walk");
  made.role = "group";
  made.ariaLabel = label;
  return made;
}
// Where the cell of this number stands, counted from 1, an axis each.
const placed = (at, shape) => shape.reduceRight((found, n) => { found.unshift(at % n + 1); at = Math.floor(at / n); return found; }, []);

// A formula behind an equals sign, with what `given` says for each place: a symbol, or an element with a number.
function equal(formula, given) {
  const math = formula.cloneNode(true);
  all(math, "ms").forEach((held, i) => {
    const inside = given(i), before = held.previousElementSibling, around = held.parentNode.localName;
    if (inside.namespaceURI === MATHML) { held.replaceWith(inside); return; }
    const fenced = around === "msup" ? !before : before && around !== "mfrac" && !"([,".includes(before.textContent);
    held.replaceWith(sign("mn", ...(fenced && inside.textContent[0] === "−" ? [make("span", "(", inside, ")")] : [inside])));
  });
  math.prepend(sign("mo", "="));
  return folded(tight(math));
}
// Parentheses are as large as what they hold, and take no room where that is not large.
function tight(root) {
  for (const part of all(root, "mrow:not(:has(mfrac, msqrt)) > mo")) if ("()[]".includes(part.textContent)) part.setAttribute("stretchy", "false");
  return root;
}
// Broken before signs of the outermost sum, so that a narrow screen has lines, not a scroll bar.
function folded(math) {
  const parts = [[]];
  for (const part of [...math.children]) {
    if (part.localName === "mo" && "+−=".includes(part.textContent) && parts.at(-1).length) {
      parts.push([]);
      part.setAttribute("form", "infix");
    }
    parts.at(-1).push(part);
  }
  return parts.flatMap(part => [sign("math", ...part), " "]);
}

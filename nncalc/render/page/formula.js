// Formulas on a page: MathML with places (ms) for a symbol or a number.
const MATHML = "http://www.w3.org/1998/Math/MathML";
const all = (root, what) => [...root.querySelectorAll(what)];
const filled = (part, inside) => { part.append(...inside); return part; };
const make = (tag, ...inside) => filled(document.createElement(tag), inside);
const sign = (tag, ...inside) => filled(document.createElementNS(MATHML, tag), inside);

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

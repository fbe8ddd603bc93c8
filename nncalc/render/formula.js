"use strict";
// Formulas on a page: skeletons of MathML (a template each), in which an mtext holds a place for a symbol or a number.
const MATHML = "http://www.w3.org/1998/Math/MathML";
const all = (root, what) => [...root.querySelectorAll(what)];
const make = (tag, ...inside) => { const made = document.createElement(tag); made.append(...inside); return made; };
const sign = (tag, ...inside) => { const made = document.createElementNS(MATHML, tag); made.append(...inside); return made; };

// A skeleton with what `part` gives for each place: a symbol, or an element with a number.
function filled(skeleton, part) {
  const math = skeleton.content.firstChild.cloneNode(true);
  for (const held of all(math, "mtext")) {
    const inside = part(Number(held.textContent));
    if (inside.namespaceURI === MATHML) { held.replaceWith(inside); continue; }
    const before = held.previousElementSibling, base = held.parentNode.parentNode;
    const fenced = before ? !"([,".includes(before.textContent) : base?.localName === "msup" && base.firstChild === held.parentNode;
    held.replaceWith(fenced && inside.textContent.startsWith("−") ? sign("mn", make("span", "(", inside, ")")) : sign("mn", inside));
  }
  return tight(math);
}
// Parentheses are as large as what they hold, and take no room where that is not large.
function tight(root) {
  for (const group of all(root, "mrow:not(:has(mfrac, msqrt))")) {
    for (const part of group.children) if ("()[]".includes(part.textContent)) part.setAttribute("stretchy", "false");
  }
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
const equal = math => { math.prepend(sign("mo", "=")); return math; };

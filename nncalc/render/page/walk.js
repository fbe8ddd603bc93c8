// Next and Previous: the steps of a working, one after the other.
function walk(working) {
  const steps = all(working, STEPS), last = steps.length;
  if (last < 2) return;
  let count = last;
  const told = make("output");
  function reveal(to, move) {
    count = Math.max(1, Math.min(last, to));
    steps.forEach((step, i) => { step.hidden = i >= count; });
    for (const part of all(working, "section:has(tr[id], details[id]), .fold, div:has(> .numbers)")) part.hidden = all(part, STEPS).every(step => step.hidden);
    for (const part of all(working, "section:has(> .answer)")) part.hidden = count < last;
    told.value = (count < last ? "step " + count + " of " : "") + last + (count < last ? "" : " steps");
    if (move) go(cellsOf(steps[count - 1])[0]);
  }
  const next = () => reveal(count < last ? count + 1 : 1, true), back = () => reveal(count - 1, true);
  working.querySelector("h1, h2").after(bar("Step by step", button("Previous", back, "p"), button("Next", next, "n"), button("All", () => reveal(last)), told));
  reveal(last);
  on(working, "keydown", event => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "n") next(); else if (event.key === "p") back();
  });
}
for (const working of all(page, "article")) walk(working);

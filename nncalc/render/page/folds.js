// What alike.py took out of a folded part is that of an earlier one, but for some texts and attributes.
[...document.querySelectorAll(".fold")].forEach((part, i, folds) => {
  if (!part.dataset.as) return;
  const told = part.dataset.told.split("\t"), slots = [];
  for (const like of [...folds[part.dataset.as].children].slice(1)) {
    const made = like.cloneNode(true);
    part.append(made);
    for (const inside of [made, ...made.querySelectorAll("*")]) {
      if (inside.id) inside.id = "v" + (Number(inside.id.slice(1)) + Number(part.dataset.by));
      slots.push(...[...inside.attributes].filter(slot => slot.nodeName !== "id"), ...[...inside.childNodes].filter(slot => slot.nodeType === 3));
    }
  }
  for (let n = 0; n < told.length - 1; n += 2) slots[told[n]].nodeValue = told[n + 1];
});

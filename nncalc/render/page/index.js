// The rows that hold every word that was typed stay, and on the same page what they lead to; what stands in the head of
// a group of rows holds for each of them, and goes with the last.
const only = document.getElementById("only"), told = document.getElementById("told");
const heads = [...document.querySelectorAll(".index .whose")], rows = [...document.querySelectorAll(".index tbody tr:not(.whose)")];
only.closest("label").hidden = false;
only.addEventListener("input", () => {
  const words = only.value.toLowerCase().split(" ");
  for (const row of rows) {
    const to = document.getElementById(row.querySelector("a")?.hash.slice(1));
    const text = [row.parentNode.querySelector(".whose"), row].map(one => one?.textContent).join(" ").toLowerCase();
    row.hidden = !words.every(word => text.includes(word));
    if (to) to.hidden = row.hidden;
  }
  for (const head of heads) head.hidden = ![...head.parentNode.rows].some(row => row !== head && !row.hidden);
  const left = rows.filter(row => !row.hidden).length;
  told.textContent = left < rows.length ? left + " of " + rows.length : "";
});

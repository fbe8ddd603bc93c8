// The rows that hold every word that was typed stay, and on the same page what they lead to.
const only = document.getElementById("only"), told = document.getElementById("told");
const rows = [...told.nextElementSibling.querySelectorAll("tbody tr")];
only.closest("label").hidden = false;
only.addEventListener("input", () => {
  const words = only.value.toLowerCase().split(" ");
  for (const row of rows) {
    const to = document.getElementById(row.querySelector("a")?.hash.slice(1));
    row.hidden = !words.every(word => row.textContent.toLowerCase().includes(word));
    if (to) to.hidden = row.hidden;
  }
  const left = rows.filter(row => !row.hidden).length;
  told.textContent = left < rows.length ? left + " of " + rows.length : "";
});

// The rows that hold every word that was typed stay.
const only = document.getElementById("only"), told = document.getElementById("told");
const rows = [...document.querySelectorAll("tbody tr")];
only.closest("label").hidden = false;
only.addEventListener("input", () => {
  const words = only.value.toLowerCase().split(" ");
  for (const row of rows) row.hidden = !words.every(word => row.textContent.toLowerCase().includes(word));
  const left = rows.filter(row => !row.hidden).length;
  told.textContent = left < rows.length ? left + " of " + rows.length : "";
});

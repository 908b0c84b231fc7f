// Hides the rows that lack one of the words. The page is complete without this.
const box = document.getElementById("words");
const shown = document.getElementById("shown");
const groups = [...document.querySelectorAll("section.group")].map((section) => ({
  section,
  rows: [...section.querySelectorAll("tbody tr")].map((row) => [row, row.textContent.toLowerCase()]),
}));

function filter() {
  const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
  let all = 0;
  let kept = 0;
  for (const { section, rows } of groups) {
    const before = kept;
    for (const [row, text] of rows) {
      row.hidden = !words.every((word) => text.includes(word));
      kept += !row.hidden;
    }
    all += rows.length;
    section.hidden = kept === before;
  }
  shown.textContent = words.length ? `${kept} of ${all} shown` : "";
}

box.addEventListener("input", filter);
box.closest(".filter").hidden = false;

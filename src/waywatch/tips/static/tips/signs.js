// The list of signs: those of the reporter's sector, those that are ticked, and on demand all others.

const list = document.getElementById("signs");
const everything = document.getElementById("all-signs");

/** Show what fits a sector, and everything where none is named. */
export function showSigns(sector) {
  const fits = (row) => !sector || row.dataset.sectors === "all" || row.dataset.sectors.split(" ").includes(sector);
  let some = false;
  for (const row of list.children) {
    const ticked = row.querySelector("[name=signs]").checked;
    row.hidden = !fits(row) && !ticked && everything.dataset.all !== "yes";
    row.querySelector(".heard").hidden = !ticked;
    some ||= row.hidden;
  }
  everything.hidden = !some;
}

everything.addEventListener("click", () => {
  everything.dataset.all = "yes";
  showSigns("");
});

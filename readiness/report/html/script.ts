/** Filter, copy buttons and deep links; the page reads completely without it. */
export const script = `
(() => {
  const search = document.getElementById("search");
  const outcome = document.getElementById("outcome");
  const status = document.getElementById("shown");
  const rows = [...document.querySelectorAll("table[data-searched] tbody tr")];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const filter = () => {
    const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, index) => {
      const matches = words.every((word) => texts[index].includes(word)) &&
        (outcome.value === "" || row.dataset.outcome === undefined || row.dataset.outcome === outcome.value);
      row.hidden = !matches;
      if (matches) shown += 1;
    });
    status.textContent = words.length === 0 && outcome.value === "" ? "" : shown + " of " + rows.length + " rows";
  };
  search.addEventListener("input", filter);
  outcome.addEventListener("change", filter);
  document.getElementById("filter").hidden = false;
  const reveal = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id && document.getElementById(id);
    if (!target) return;
    if (target.hidden) { search.value = ""; outcome.value = ""; filter(); }
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    target.scrollIntoView({ block: "start" });
  };
  addEventListener("hashchange", reveal);
  reveal();
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button.copy");
    if (!button) return;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.firstChild.textContent = "Copied";
    } catch {
      const range = document.createRange();
      range.selectNodeContents(button.previousElementSibling);
      const selection = getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      button.firstChild.textContent = "Selected";
    }
    setTimeout(() => { button.firstChild.textContent = "Copy"; }, 2000);
  });
  addEventListener("beforeprint", () => { for (const at of document.querySelectorAll("details")) at.open = true; });
})();
`;

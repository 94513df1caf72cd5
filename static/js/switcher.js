// The workspace switcher: type to filter, arrows to move, Enter takes the first match. With
// data-remote (too many to hold in the page) htmx asks the server, and Enter waits for its answer.
(() => {
  const pop = document.querySelector("#switch");
  const box = pop?.querySelector("input[type=search]");
  if (!box) return;
  const remote = "remote" in pop.dataset;
  let asked = false; // the list does not yet answer what is typed
  let go = false; // Enter was pressed meanwhile

  const rows = () => [...pop.querySelectorAll("button.ws")].filter(row => !row.closest("li").hidden);
  const count = () => {
    const status = pop.querySelector("[data-found]");
    if (status) status.textContent = box.value.trim() ? status.dataset.found.replace("%d", rows().length) : "";
  };
  const filter = () => {
    const typed = box.value.trim().toLowerCase();
    for (const row of pop.querySelectorAll("button.ws")) {
      row.closest("li").hidden = !row.querySelector("b").textContent.toLowerCase().includes(typed);
    }
    for (const title of pop.querySelectorAll("h3")) title.hidden = typed !== "";
    count();
  };

  box.addEventListener("input", () => remote ? asked = true : filter());
  pop.addEventListener("htmx:afterSwap", () => {
    asked = false;
    count();
    if (go) rows()[0]?.click();
    go = false;
  });
  for (const failed of ["htmx:responseError", "htmx:sendError"]) {
    pop.addEventListener(failed, () => { asked = go = false; });
  }

  pop.addEventListener("keydown", e => {
    if (e.isComposing) return;
    const list = rows(), here = list.indexOf(document.activeElement);
    const next = {
      ArrowDown: list[here + 1] ?? list[0],
      ArrowUp: here > 0 ? list[here - 1] : box,
      Home: here >= 0 && list[0],
      End: here >= 0 && list.at(-1),
    }[e.key];
    if (next) {
      e.preventDefault();
      next.focus();
    } else if (e.key === "Enter" && e.target === box) {
      if (box.value.trim() === "") return;
      e.preventDefault();
      if (!asked) return list[0]?.click();
      go = true;
      box.dispatchEvent(new Event("search", { bubbles: true })); // do not wait for the pause in typing
    } else if (e.key.length === 1 && here >= 0 && e.key !== " " && !e.ctrlKey && !e.metaKey && !e.altKey) {
      box.focus(); // typing goes on with the search
    }
  });

  // Before, not after it opens: the later event comes when the first letters are typed already.
  pop.addEventListener("beforetoggle", e => {
    if (e.newState !== "open" || box.value === "") return;
    box.value = "";
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();

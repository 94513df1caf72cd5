// Two-key shortcuts: g then w opens the switcher, g then a letter follows the menu link with that
// data-key; / goes to the page's search. One-letter keys must be possible to turn off (WCAG 2.1.4):
// <html data-keys="off">.
(() => {
  let started = -Infinity; // when g was pressed
  document.addEventListener("keydown", e => {
    if (document.documentElement.dataset.keys === "off") return;
    if (e.metaKey || e.ctrlKey || e.altKey || e.isComposing || e.repeat) return;
    if (e.target.closest("input, textarea, select, [contenteditable], dialog")) return;

    if (e.timeStamp - started < 1200) {
      started = -Infinity;
      const link = document.querySelector(`.nav [data-key="${CSS.escape(e.key)}"]`);
      if (e.key !== "w" && !link) return;
      e.preventDefault();
      if (e.key === "w") openSwitcher();
      else link.click();
    } else if (e.key === "g") {
      started = e.timeStamp;
    } else if (e.key === "/") {
      const search = document.querySelector("main input[type=search]");
      if (!search) return;
      e.preventDefault();
      search.focus();
      search.select();
    }
  });

  // On a phone the switcher lies in the drawer, which has to be open for it to be seen.
  function openSwitcher() {
    const nav = document.querySelector(".nav"), pop = document.querySelector("#switch");
    if (!pop || pop.matches(":popover-open")) return;
    if (getComputedStyle(nav).display === "none") nav.showPopover();
    pop.showPopover();
  }
})();

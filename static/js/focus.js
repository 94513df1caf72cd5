// After a page or a part arrives, focus goes to what the server marked with data-focus: the summary of
// what is wrong, the action that moved. The mark is taken off, so that it counts once.
(() => {
  function focus(root) {
    const target = root.matches?.("[data-focus]") ? root : root.querySelector("[data-focus]");
    if (!target) return;
    if (target.tabIndex < 0) target.tabIndex = -1;
    target.focus();
    target.removeAttribute("data-focus");
  }
  focus(document);
  document.addEventListener("htmx:afterSettle", e => focus(e.target));
})();

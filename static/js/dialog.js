// Dialogs open by command and commandfor. This adds three things: the same for browsers before those
// attributes; a dialog[data-modal] that arrives open, with the page or by htmx; a banner's dismiss
// button.
(() => {
  const native = "command" in HTMLButtonElement.prototype;

  document.addEventListener("click", e => {
    const dismiss = e.target.closest("[data-dismiss]");
    if (dismiss) dismiss.closest(".flash, .note").remove();

    // A link back is the way out without script. In a part over its page, closing is enough.
    const close = e.target.closest("dialog[data-modal] [data-close]");
    const over = close?.closest("dialog");
    if (over && !over.dataset.back) {
      e.preventDefault();
      over.close();
    }

    const button = e.target.closest("button[commandfor]");
    if (native || !button) return;
    const dialog = document.getElementById(button.getAttribute("commandfor"));
    if (button.getAttribute("command") === "show-modal") dialog.showModal();
    if (button.getAttribute("command") === "close") dialog.close();
  });

  // A dialog that is a page of its own names in data-back the page that closing it leads to.
  function open(dialog) {
    if (dialog.matches(":modal")) return;
    dialog.open = false; // it was shown without script, not as a modal
    dialog.showModal();
    dialog.addEventListener("close", () => {
      if (dialog.dataset.back) location.assign(dialog.dataset.back);
      else dialog.remove();
    });
  }
  const start = root => root.querySelectorAll("dialog[data-modal]").forEach(open);
  start(document);
  document.addEventListener("htmx:load", e => {
    if (e.target.matches("dialog[data-modal]")) open(e.target);
    else start(e.target);
  });
})();

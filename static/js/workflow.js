// The workflow page. Keys press the buttons that are there anyway, so keyboard, pointer and a browser
// without script go the same way.
(() => {
  const inField = e => e.target.closest("input, textarea, select, [contenteditable]");

  // Alt and an arrow move the action in focus. Its buttons are in it, or in the menu that it opens.
  function move(e) {
    const action = e.target.closest(".action");
    if (!action || !e.altKey || (e.key !== "ArrowUp" && e.key !== "ArrowDown")) return;
    e.preventDefault();
    const which = `[data-move="${e.key === "ArrowUp" ? "up" : "down"}"]`;
    const menu = document.getElementById(action.querySelector("[popovertarget]")?.getAttribute("popovertarget"));
    (action.querySelector(which) ?? menu?.querySelector(which))?.click();
  }

  // Ctrl or Cmd with Z, Shift+Z or Y press Undo and Redo; in a field they keep their own meaning.
  function undo(e) {
    if (!(e.ctrlKey || e.metaKey) || e.altKey || inField(e)) return;
    const key = e.key.toLowerCase();
    const redo = key === "y" || (key === "z" && e.shiftKey);
    if (key !== "z" && !redo) return;
    const button = document.querySelector(redo ? "[data-redo]" : "[data-undo]");
    if (!button || button.disabled) return;
    e.preventDefault();
    button.click();
  }

  document.addEventListener("keydown", e => { move(e); undo(e); });
})();

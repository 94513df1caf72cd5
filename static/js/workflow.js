// The workflow page. Keys, clicks and drags press the buttons that are there anyway, so keyboard, pointer
// and a browser without script go the same way.
(() => {
  const inField = e => e.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  const cardOf = e => e.target.closest(".action, .stop");
  const menuOf = card => document.getElementById(card.querySelector("[popovertarget]")?.getAttribute("popovertarget"));

  // press clicks a button of a card, which is in it or in the menu that it opens.
  function press(card, which) {
    const button = card.querySelector(which) ?? menuOf(card)?.querySelector(which);
    button?.click();
    return !!button;
  }

  // Alt and an arrow move the action in focus.
  function move(e) {
    const card = cardOf(e);
    if (!card || !e.altKey || (e.key !== "ArrowUp" && e.key !== "ArrowDown")) return;
    e.preventDefault();
    press(card, `[data-move="${e.key === "ArrowUp" ? "up" : "down"}"]`);
  }

  // Ctrl or Cmd with C and V, and Delete, are for the action in focus. Text that is marked is copied as text.
  function edit(e) {
    const card = cardOf(e), command = e.ctrlKey || e.metaKey, key = e.key.toLowerCase();
    if (!card || inField(e) || e.altKey || e.shiftKey) return;
    const act = command && key === "c" && !String(getSelection()) ? "copy" : command && key === "v" ? "paste" : !command && key === "delete" ? "delete" : "";
    if (act && press(card, `[data-act="${act}"]`)) e.preventDefault();
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

  // Escape leaves the choice of several actions, and of a place.
  function leave(e) {
    if (e.key === "Escape" && !inField(e)) document.querySelector("[data-leave]")?.click();
  }

  document.addEventListener("keydown", e => { move(e); edit(e); undo(e); leave(e); });
})();

// A link to a mistake puts the caret where it is: data-caret is line and column, in characters, from 1.
(() => {
  document.addEventListener("click", e => {
    const link = e.target.closest("[data-caret]");
    const field = link && document.querySelector(link.hash);
    if (!field?.setSelectionRange) return;
    e.preventDefault();
    const [line, column] = link.dataset.caret.split(":").map(Number);
    const at = offset(field.value, line, column);
    field.closest("details")?.setAttribute("open", "");
    field.focus();
    field.setSelectionRange(at, at);
  });

  function offset(text, line, column) {
    const lines = text.split("\n");
    const before = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    return before + [...(lines[line - 1] ?? "")].slice(0, column - 1).join("").length;
  }
})();

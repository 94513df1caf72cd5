// Lists of fields that repeat. The server always sends an empty row; here one button adds another, and
// each row has one that takes it away.
(() => {
  const clear = row => {
    for (const field of row.querySelectorAll("input, textarea")) field.value = "";
    for (const select of row.querySelectorAll("select")) select.selectedIndex = 0;
  };

  function add(button) {
    const rows = button.closest("fieldset, .field, form").querySelector("[data-rows]");
    const row = rows.lastElementChild.cloneNode(true);
    clear(row);
    rows.append(row);
    row.querySelector("input").focus();
  }

  function remove(button) {
    const row = button.closest("[data-rows] > *"), rows = row.parentElement;
    const next = row.nextElementSibling ?? row.previousElementSibling;
    if (rows.children.length > 1) row.remove(); else clear(row);
    (next ?? row).querySelector("input").focus();
  }

  document.addEventListener("click", e => {
    const button = e.target.closest("[data-add-row], [data-remove-row]");
    if (!button) return;
    if (button.matches("[data-add-row]")) add(button); else remove(button);
  });
})();

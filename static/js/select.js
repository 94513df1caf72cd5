// Rows of a list that can be ticked, in a form with data-selection: a box above them ticks them all, and
// the bar says how many are. Without script the bar is there, too, once anything is ticked.
(() => {
  const rows = form => [...form.querySelectorAll('input[name="person"]')];

  function tell(form) {
    const all = rows(form), n = all.filter(row => row.checked).length;
    const head = form.querySelector("[data-select-all]"), words = form.querySelector("[data-selected]");
    const every = form.querySelector('input[name="all"]');
    head.checked = n > 0 && n === all.length;
    head.indeterminate = n > 0 && n < all.length;
    if (words) words.textContent = every.checked ? "Everybody selected" : `${n} selected on this page`;
  }

  document.addEventListener("change", e => {
    const form = e.target.closest("[data-selection]");
    if (!form || !form.querySelector("[data-select-all]")) return;
    if (e.target.matches("[data-select-all]")) for (const row of rows(form)) row.checked = e.target.checked;
    if (!rows(form).some(row => row.checked)) form.querySelector('input[name="all"]').checked = false;
    tell(form);
  });
})();

// Type the name to confirm: <input data-confirm="Northwind">. Until it is typed, the form's danger
// button is aria-disabled, not disabled, so that it can be reached and explains itself. The server
// compares again.
(() => {
  const button = input => input.form?.querySelector("button.danger");
  const matches = input => input.value.trim() === input.dataset.confirm;
  const show = input => button(input)?.setAttribute("aria-disabled", !matches(input));

  document.addEventListener("input", e => { if (e.target.dataset.confirm) show(e.target); });
  document.addEventListener("submit", e => {
    const input = e.target.querySelector("[data-confirm]");
    if (!input || matches(input) || e.submitter !== button(input)) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    input.focus();
  }, true);

  const start = root => root.querySelectorAll("[data-confirm]").forEach(show);
  start(document);
  document.addEventListener("htmx:load", e => start(e.target));
})();

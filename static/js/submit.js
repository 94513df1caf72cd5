// A select or choice with data-submit sends its form when it changes. The button beside it carries
// data-nojs, and the style sheet hides it where this script runs.
(() => {
  document.addEventListener("change", e => { if (e.target.matches("[data-submit]")) e.target.form.requestSubmit(); });
})();

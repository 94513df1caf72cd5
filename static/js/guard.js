// <form data-guard>: leaving the page with something typed and not sent asks first.
(() => {
  const unsent = new Set();
  document.addEventListener("input", e => { if (e.target.form?.matches("[data-guard]")) unsent.add(e.target.form); });
  document.addEventListener("reset", e => unsent.delete(e.target));
  document.addEventListener("submit", e => unsent.delete(e.target));
  document.addEventListener("htmx:afterRequest", e => {
    if (!e.target.matches("form[data-guard]")) return;
    if (e.detail.successful) unsent.delete(e.target);
    else unsent.add(e.target);
  });

  addEventListener("beforeunload", e => {
    for (const form of unsent) if (form.isConnected) return e.preventDefault();
  });
})();

// A request that fails in the background must not fail in silence: the layout's hidden #failed note
// says that nothing was saved, until a request succeeds. What was typed is still there.
(() => {
  const show = failed => {
    const note = document.querySelector("#failed");
    if (note) note.hidden = !failed;
  };
  document.addEventListener("htmx:afterRequest", e => { if (e.detail.successful) show(false); });
  document.addEventListener("htmx:responseError", () => show(true));
  document.addEventListener("htmx:sendError", () => show(true));
  document.addEventListener("htmx:timeout", () => show(true));
})();

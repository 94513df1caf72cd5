// The mark of a workspace, shown while its form is filled in. In the form, [data-preview] holds
// [data-stamp], [data-name], the spine ([data-send]) and one [data-when] for each way of sending.
(() => {
  document.addEventListener("input", e => {
    const form = e.target.form, box = form?.querySelector("[data-preview]");
    if (!box) return;
    const { name, color, sending } = Object.fromEntries(new FormData(form));
    const stamp = box.querySelector("[data-stamp]");
    if (color) box.dataset.ws = stamp.dataset.ws = color;
    stamp.textContent = initials(name);
    box.querySelector("[data-name]").textContent = name;
    if (!sending) return;
    box.querySelector("[data-send]").dataset.send = sending;
    for (const line of box.querySelectorAll("[data-when]")) line.hidden = line.dataset.when !== sending;
  });

  // As store's Workspace.Initials makes them.
  function initials(name) {
    const words = name.match(/[\p{L}\p{N}]+/gu) ?? [];
    const letters = words.length > 1 ? words.slice(0, 2).map(word => [...word][0]) : [...(words[0] ?? "")].slice(0, 2);
    const text = letters.join("") || "?";
    return [...text][0].toUpperCase() + text.slice([...text][0].length);
  }
})();

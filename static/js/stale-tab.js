// Tabs tell each other which workspace the session has switched to. The page that a switch lands on
// carries data-switched and says so; a tab of another workspace then shows its #stale note. It is only
// a note: what that tab saves goes to the workspace in its address, as it says.
(() => {
  const { wsId, wsName, switched } = document.body.dataset;
  if (!wsId || !("BroadcastChannel" in window)) return;
  const bus = new BroadcastChannel("workspace");

  bus.onmessage = ({ data }) => {
    const note = document.querySelector("#stale");
    if (!note) return;
    note.hidden = data.id === wsId;
    for (const place of note.querySelectorAll("[data-other]")) place.textContent = data.name;
    const link = note.querySelector("[data-go]");
    link.href = data.path;
    if (!link.textContent.trim()) link.textContent = data.name;
  };
  if (switched !== undefined) bus.postMessage({ id: wsId, name: wsName, path: location.pathname });
})();

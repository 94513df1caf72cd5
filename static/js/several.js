// The map of a workflow: how it is shown; choosing several actions with clicks, and dragging one or all of them to a gap.
(() => {
  const canvas = document.querySelector(".canvas");
  if (!canvas) return;
  // How the map is shown is remembered in this browser.
  for (const kept of document.querySelectorAll("[data-keep]")) {
    const name = `postroom-${kept.dataset.keep}`, value = localStorage.getItem(name);
    const radio = value && kept.querySelector(`input[value="${CSS.escape(value)}"]`);
    if (radio) radio.checked = true;
    else if (value && kept.matches("select") && kept.querySelector(`[value="${CSS.escape(value)}"]`)) kept.value = value;
    kept.addEventListener("change", e => localStorage.setItem(name, e.target.value));
  }

  // A map that is wider than its frame begins with the action that is open, or with the trigger.
  const at = (canvas.querySelector("[aria-current]") ?? canvas.querySelector(".k-trig"))?.closest(".action, .stop");
  if (at) {
    const box = at.getBoundingClientRect(), frame = canvas.getBoundingClientRect();
    canvas.scrollLeft += box.left + box.width / 2 - frame.left - frame.width / 2;
  }

  const form = document.getElementById("several");
  const boxes = [...canvas.querySelectorAll("[data-key] > .tick")];
  let last = null;

  function say() {
    const said = document.getElementById("several-said");
    const n = boxes.filter(box => box.checked).length;
    said.textContent = n === 0 ? said.dataset.none : n === 1 ? said.dataset.one : `${n} ${said.dataset.many}`;
  }

  // In the choice of several the whole card is the box; with Shift all from the last one on.
  function toggle(e) {
    const box = e.target.closest("[data-key]")?.querySelector(":scope > .tick");
    if (!box) return;
    if (e.target !== box) box.checked = !box.checked;
    const from = boxes.indexOf(last), to = boxes.indexOf(box);
    if (e.shiftKey && from >= 0) {
      for (const one of boxes.slice(Math.min(from, to), Math.max(from, to) + 1)) one.checked = box.checked;
      getSelection().empty();
    }
    last = box;
    say();
  }

  // Elsewhere a click with Shift, Ctrl or Cmd begins the choice, with the action that is open.
  function begin(e) {
    const card = e.target.closest("[data-key]"), select = document.querySelector("a[data-select]");
    if (!card || !select || !(e.shiftKey || e.ctrlKey || e.metaKey) || e.target.closest("button")) return;
    e.preventDefault();
    const to = new URL(select.href);
    to.searchParams.delete("keys");
    const open = canvas.querySelector("[aria-current]")?.closest("[data-key]");
    for (const key of new Set([open, card].filter(Boolean).map(one => one.dataset.key))) to.searchParams.append("keys", key);
    location.assign(to);
  }
  canvas.addEventListener("click", form ? toggle : begin);
  if (form && boxes.length) {
    say();
    last = boxes.find(box => box.checked) ?? null;
    (last ?? boxes[0]).focus();
  }

  // Drag. The gaps are the places; dropping sends what "Move to…" would.
  const gaps = () => canvas.querySelectorAll("button.add[data-place]");
  if (!gaps().length) return;
  let dragged = null;
  for (const card of canvas.querySelectorAll("[data-key]")) {
    card.draggable = true;
    for (const link of card.querySelectorAll("a")) link.draggable = false;
  }
  canvas.addEventListener("dragstart", e => {
    dragged = e.target.closest?.("[data-key]");
    if (!dragged) return;
    e.dataTransfer.effectAllowed = "move";
    e.dataTransfer.setData("text/plain", dragged.querySelector("a")?.textContent ?? "");
    dragged.dataset.dragged = "";
    setTimeout(() => { canvas.dataset.dragging = ""; });
  });
  const over = e => dragged && e.target.closest?.("button.add[data-place]");
  canvas.addEventListener("dragover", e => {
    const gap = over(e);
    for (const one of canvas.querySelectorAll("[data-over]")) if (one !== gap) delete one.dataset.over;
    if (!gap || dragged.parentElement.contains(gap) && gap.parentElement !== dragged.parentElement) return;
    e.preventDefault();
    gap.dataset.over = "";
  });
  canvas.addEventListener("drop", e => {
    const gap = over(e);
    const send = dragged && document.querySelector(`#menu-${CSS.escape(dragged.dataset.key)} form`);
    if (!gap || !send) return;
    e.preventDefault();
    const to = document.createElement("input");
    Object.assign(to, { type: "hidden", name: "to", value: gap.dataset.place });
    send.append(to);
    send.submit();
  });
  canvas.addEventListener("dragend", () => {
    delete canvas.dataset.dragging;
    for (const one of canvas.querySelectorAll("[data-over], [data-dragged]")) { delete one.dataset.over; delete one.dataset.dragged; }
    dragged = null;
  });
})();

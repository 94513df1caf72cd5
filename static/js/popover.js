// Menus: one popover may serve many buttons. The button's data-before="a13" goes into the popover's
// field named before, and so on, as the popover opens.
(() => {
  let opener = null;
  document.addEventListener("click", e => {
    const button = e.target.closest("[popovertarget]");
    if (button) opener = button;
  }, true);

  document.addEventListener("beforetoggle", e => {
    const pop = e.target;
    if (e.newState !== "open" || !opener || opener.getAttribute("popovertarget") !== pop.id) return;
    for (const [name, value] of Object.entries(opener.dataset)) {
      for (const field of pop.querySelectorAll(`input[name="${name}"]`)) field.value = value;
    }
  }, true);

  // Arrows walk through an open menu.
  document.addEventListener("keydown", e => {
    if (e.altKey || (e.key !== "ArrowDown" && e.key !== "ArrowUp")) return;
    const own = document.getElementById(e.target.getAttribute("popovertarget"));
    const menu = e.target.closest(".menu") ?? own;
    if (!menu?.matches(".menu:popover-open")) return;
    const items = [...menu.querySelectorAll("a, button")];
    const here = items.indexOf(document.activeElement);
    e.preventDefault();
    items.at(e.key === "ArrowDown" ? (here + 1) % items.length : Math.max(here, 0) - 1)?.focus();
  });

  // Browsers that cannot anchor get the place measured.
  if (CSS.supports("position-area", "block-end")) return;
  document.addEventListener("toggle", e => {
    const pop = e.target;
    if (e.newState !== "open" || !opener || !pop.matches(".menu")) return;
    const at = opener.getBoundingClientRect();
    const below = at.bottom + 4, fits = below + pop.offsetHeight < innerHeight;
    pop.style.position = "fixed";
    pop.style.top = `${Math.max(4, fits ? below : at.top - 4 - pop.offsetHeight)}px`;
    pop.style.left = `${Math.max(4, Math.min(at.left, innerWidth - pop.offsetWidth - 4))}px`;
  }, true);
})();

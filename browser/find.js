(() => {
  const tidy = text => (text ?? "").replace(/\s+/g, " ").trim();
  const visible = el => el.checkVisibility({ visibilityProperty: true }) && el.getClientRects().length > 0;
  const root = () => [...document.querySelectorAll("dialog[open]")].at(-1) ?? document;

  // The name is what a screen reader says, without what is hidden from it.
  function names(el) {
    const label = el.getAttribute("aria-label") ?? document.getElementById(el.getAttribute("aria-labelledby"))?.textContent;
    return label ? [tidy(label)] : [tidy(el.innerText), tidy(el.textContent)];
  }

  function place(el, what) {
    if (!el) return { problem: "there is no " + what };
    if (!visible(el)) return { problem: what + " is not visible" };
    const box = [...el.getClientRects()].find(r => r.width && r.height);
    const x = Math.round(box.x + box.width / 2), y = Math.round(box.y + box.height / 2);
    const hit = document.elementFromPoint(x, y);
    if (!hit || x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) {
      el.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
      return { problem: what + " was out of sight" };
    }
    if (!(el.contains(hit) || hit.contains(el) || hit.closest("label")?.contains(el))) {
      el.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" }); // from behind what sticks
      return { problem: `${what} is covered by ${hit.outerHTML.slice(0, 120)}` };
    }
    return { x, y, problem: "" };
  }

  return {
    shows(text) {
      const shown = root() === document ? document.body : root();
      return tidy(shown.innerText).toLowerCase().includes(tidy(text).toLowerCase());
    },

    named(name, scope) {
      const within = scope ? document.querySelector(scope) : root();
      if (!within) return { problem: "there is no " + scope };
      const all = [...within.querySelectorAll("a[href], button, summary, label, [role=button]")].filter(el => visible(el) && !el.closest("[aria-hidden=true]"));
      const exact = all.find(el => names(el).includes(name));
      return place(exact ?? all.find(el => names(el).some(n => n.startsWith(name))), `"${name}"`);
    },

    selected(selector) {
      const all = [...document.querySelectorAll(selector)];
      return place(all.find(visible) ?? all[0], selector);
    },

    fill(selector, value) {
      const all = [...root().querySelectorAll(selector)];
      const first = all.find(visible) ?? all[0];
      if (!first) return "there is none";
      if (first.type === "radio" || first.type === "checkbox") {
        const choice = all.find(el => el.value === value);
        if (!choice) return `there is no choice ${value} of ${all.map(el => el.value)}`;
        if (!choice.checked) choice.click();
        return "done";
      }
      if (first.tagName === "SELECT") {
        const option = [...first.options].find(o => o.value === value || tidy(o.text) === value);
        if (!option) return `there is no choice ${value} of ${[...first.options].map(o => o.value || o.text)}`;
        first.value = option.value;
        first.dispatchEvent(new Event("input", { bubbles: true }));
        first.dispatchEvent(new Event("change", { bubbles: true }));
        return "done";
      }
      if (!visible(first)) return "it is not visible";
      first.focus();
      first.select();
      return document.activeElement === first ? "type" : "it does not take the focus";
    },
  };
})()

// <button data-copy="#key" data-done="Copied">Copy</button> copies the text or the value of #key.
(() => {
  document.addEventListener("click", async e => {
    const button = e.target.closest("[data-copy]");
    if (!button) return;
    e.preventDefault();
    const source = document.querySelector(button.dataset.copy);
    if (await copy(source)) thank(button);
    else select(source);
  });

  // The clipboard is there only under https; a server at home often has none.
  async function copy(source) {
    try {
      await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
      return true;
    } catch {
      select(source);
      return document.execCommand("copy");
    }
  }

  function select(source) {
    if (source.select) source.select();
    else getSelection().selectAllChildren(source);
  }

  // The answer is on the button itself, where the eye is, and spoken by the page's live region.
  function thank(button) {
    const label = button.querySelector("[data-label]") ?? button;
    const before = label.textContent, done = button.dataset.done;
    if (!done || before === done) return;
    label.textContent = done;
    const say = document.querySelector("#say");
    if (say) say.textContent = done;
    setTimeout(() => { label.textContent = before; if (say) say.textContent = ""; }, 2000);
  }
})();

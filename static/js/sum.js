// Percentages that must make 100: what they make is said while one types.
(() => {
  document.addEventListener("input", e => {
    const out = e.target.matches("[data-percent]") && e.target.form?.querySelector("[data-sum=percent]");
    if (!out) return;
    const sum = [...e.target.form.querySelectorAll("[data-percent]")].reduce((n, field) => n + (parseInt(field.value, 10) || 0), 0);
    out.textContent = sum === 100 ? "100 %" : `${sum} % of 100 %`;
  });
})();

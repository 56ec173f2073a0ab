/* At a kiosk nothing is left for whoever comes next: after a while without a touch the page asks whether anybody is there,
   counts down in words, and then wipes all and shows the first page. Starting again wipes at once. */
"use strict";
(() => {
  const SECOND = 1000;
  let ticking = null, asking = null, left = 0;

  const dialog = () => document.querySelector(".stage .idle") || document.querySelector(".idle");

  // The first page only once the server answers: a page of an error would leave no way out. What arrives meanwhile is
  // wiped as well.
  function wipe() {
    const { home } = dialog().dataset;
    sessionStorage.clear();
    addEventListener("pagehide", () => sessionStorage.clear());
    document.documentElement.classList.add("wiped");
    fetch(home, { cache: "no-store" })
      .then((answer) => { if (!answer.ok) throw answer; location.replace(home); })
      .catch(() => setTimeout(wipe, 5 * SECOND));
  }

  // Nothing to wipe: the first screen, as somebody finds it.
  function untouched() {
    const kept = Object.keys(sessionStorage).some((name) => name.startsWith("bijdragewijzer"));
    const page = document.querySelector(".stage .page");
    return !kept && page?.dataset.page === "doors" && location.pathname + location.search === dialog().dataset.home;
  }

  function wait() {
    clearTimeout(asking);
    clearInterval(ticking);
    const box = dialog();
    if (!box) return;
    if (box.open) box.close();
    asking = setTimeout(ask, box.dataset.after * SECOND);
  }

  function ask() {
    const box = dialog();
    if (untouched()) return wait();
    left = Number(box.dataset.seconds);
    box.querySelector("[role=status]").textContent = "";
    tell(box);
    box.showModal();
    ticking = setInterval(() => {
      left -= 1;
      if (left > 0) return tell(dialog());
      clearInterval(ticking);
      wipe();
    }, SECOND);
  }

  // The number for the eye every second; in words, for a screen reader, now and then.
  function tell(box) {
    box.querySelector("b").textContent = left;
    const words = box.querySelector(`[data-left="${left}"]`);
    if (words) box.querySelector("[role=status]").textContent = words.content.textContent;
  }

  for (const sign of ["pointerdown", "keydown", "input", "wheel", "touchstart"])
    addEventListener(sign, () => { if (!dialog()?.open) wait(); }, { capture: true, passive: true });
  // While the question is open, a touch anywhere answers it, and presses nothing that lies below.
  addEventListener("click", (event) => {
    if (dialog()?.open) {
      event.preventDefault();
      event.stopImmediatePropagation();
      wait();
    } else if (event.target.closest("[data-wipe]")) wipe();
  }, true);
  addEventListener("keyup", () => { if (dialog()?.open) wait(); }, true);
  addEventListener("contextmenu", (event) => event.preventDefault());
  document.addEventListener("cancel", wait, true); // Escape
  document.addEventListener("DOMContentLoaded", wait);
  let page = null;
  new MutationObserver(() => {
    const now = document.querySelector(".stage .page");
    if (now && now !== page) { page = now; wait(); }
  }).observe(document, { childList: true, subtree: true });
})();

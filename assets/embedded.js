/* In a frame on another site: tells that how tall the page is and when another one begins, and nothing else. What isn't
   meant for a frame opens beside it. */
"use strict";
(() => {
  let page = "", height = 0;
  document.documentElement.classList.add("embedded");
  const tell = (what) => parent.postMessage({ bijdragewijzer: what }, "*");

  function look() {
    const shown = document.querySelector(".stage .page") || document.querySelector("#prerender .page");
    if (!shown) return;
    const now = Math.ceil(shown.getBoundingClientRect().bottom + scrollY);
    if (now !== height) tell({ height: height = now });
    if (page && page !== shown.dataset.page) tell({ begins: true });
    page = shown.dataset.page;
  }

  document.addEventListener("click", ({ target }) => {
    const link = target.closest("a[href]:not([data-goto]):not([href^='#']):not([download])");
    if (link && !new URL(link.href).pathname.includes("/embed/")) link.target = "_blank";
    const form = target.closest("button")?.form;
    if (form?.matches("[data-leave]")) form.target = "_blank";
  }, true);

  addEventListener("DOMContentLoaded", () => {
    new ResizeObserver(look).observe(document.body);
    new MutationObserver(look).observe(document.body, { attributes: true, childList: true, subtree: true });
    look();
  });
})();

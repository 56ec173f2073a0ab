/* What a script can do for whoever reads: larger text, more contrast, reading aloud with the browser's own voice. What was
   chosen holds in this tab. The buttons are in every page; pages come and go, so that they are looked up when needed. */
"use strict";
(() => {
  const KEPT = "bijdragewijzer.display";
  const root = document.documentElement;
  const read = () => { try { return JSON.parse(sessionStorage.getItem(KEPT)) || {}; } catch { return {}; } };
  const chosen = read(); // { size, contrast }

  // High contrast is a matter of the browser's settings, until somebody presses the button: then the rules that look at
  // those settings are made to hold, or not.
  const PREFERS = "(prefers-contrast: more)";
  const rulesOf = (sheet) => { try { return [...sheet.cssRules]; } catch { return []; } }; // of somebody else: not readable
  const rules = [...document.styleSheets]
    .flatMap(rulesOf)
    .filter((rule) => rule instanceof CSSMediaRule && rule.media.mediaText.includes(PREFERS))
    .map((rule) => ({ rule, own: rule.media.mediaText }));
  const hasContrast = () => chosen.contrast ?? matchMedia(PREFERS).matches;

  function apply() {
    root.dataset.size = chosen.size || "normal";
    const condition = { true: "(min-width: 0px)", false: "(max-width: 0px)" }[chosen.contrast] || PREFERS;
    for (const { rule, own } of rules) rule.media.mediaText = own.replace(PREFERS, condition);
  }

  function choose(choice) {
    Object.assign(chosen, choice);
    try { sessionStorage.setItem(KEPT, JSON.stringify(chosen)); } catch { /* holds until the next page then */ }
    apply();
    show();
  }

  // The buttons tell what holds; they are written only where they don't, since writing calls for a look again.
  function show() {
    const put = (button, name, value) => button.getAttribute(name) === value || button.setAttribute(name, value);
    for (const button of document.querySelectorAll("[data-size]:not(html)"))
      put(button, "aria-pressed", String(button.dataset.size === (chosen.size || "normal")));
    for (const button of document.querySelectorAll("[data-contrast]")) put(button, "aria-pressed", String(hasContrast()));
    for (const button of document.querySelectorAll("[data-read]")) {
      const words = speaking ? button.dataset.stop : button.dataset.start, label = button.querySelector("span");
      if (!label) continue; // it is still arriving
      if (button.hidden !== !voice()) button.hidden = !voice();
      if (label.textContent !== words) label.textContent = words;
    }
  }

  // Reading aloud: only with a voice on this device; another one would send what is read to somebody else's server.
  let speaking = false;
  const voice = () => window.speechSynthesis?.getVoices().find((each) => {
    const language = document.querySelector(".page")?.lang;
    return each.localService && language && each.lang.replace("_", "-").split("-")[0] === language;
  });

  function readAloud() {
    const lines = document.querySelector(".page main").innerText.split("\n").filter((line) => line.trim());
    const words = lines.map((line) => Object.assign(new SpeechSynthesisUtterance(line), { voice: voice(), lang: voice().lang }));
    words.at(-1).onend = stopReading;
    speaking = true;
    words.forEach((each) => speechSynthesis.speak(each));
    show();
  }

  function stopReading() {
    if (!speaking) return;
    speaking = false;
    speechSynthesis.cancel();
    show();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.size) choose({ size: button.dataset.size });
    if ("contrast" in button.dataset) choose({ contrast: !hasContrast() });
    if ("read" in button.dataset) speaking ? stopReading() : readAloud();
  });

  let page = null;
  new MutationObserver(() => {
    const now = document.querySelector(".stage .page") || document.querySelector(".page");
    if (now === page) return;
    stopReading();
    show();
    page = document.querySelector("[data-read] span") ? now : null;
  }).observe(document, { childList: true, subtree: true });
  window.speechSynthesis?.addEventListener?.("voiceschanged", show);
  addEventListener("pagehide", stopReading);
  apply();
})();

/* The script of the stage. The server sets the stage's content; this turns what a person does into three events on the
   stage (bw-answer, bw-goto, bw-restore) and looks after what a browser does by itself on ordinary pages: title, focus,
   history, and the answers after a reload. Answers stay in this tab: never in the address. */
"use strict";
const bijdragewijzer = (() => {
  const KEPT = "bijdragewijzer", PENDING = "bijdragewijzer.pending", DRAFT = "bijdragewijzer.draft";
  const BUSY_AFTER = 300, SHOWN_AFTER = 1500, LOST_AFTER = 5000, GONE_AFTER = 2000, SAID_FOR = 8000; // milliseconds
  let serial = "";          // of the page that is shown
  let waiting = null;       // the event that the server hasn't answered yet
  let moved = "load";       // why the next page comes: load, answer, pop
  let connected = false;
  let timers = [];
  let toPrint = false;      // as soon as what was chosen last is there
  let saving = false;
  const around = {};        // header and footer of the page before
  let place = null;         // where the page was left: how far down, and in which field or on which button
  const places = {};        // the same of the pages before, by their names: going back leads there

  // Where a browser forbids storage, all works but the coming back.
  const storage = (() => {
    try {
      sessionStorage.getItem(KEPT);
      return sessionStorage;
    } catch {
      return { getItem: () => null, setItem() {}, removeItem() {} };
    }
  })();

  history.scrollRestoration = "manual"; // a page starts at its top; the browser would scroll before it is there

  const stage = () => document.querySelector(".stage");
  const shown = () => document.querySelector(".stage .page") || document.querySelector("#prerender .page");

  function send(name, detail, why) {
    waiting = { name, detail };
    moved = why;
    const selector = selectorOf(document.activeElement);
    const same = selector ? [...shown().querySelectorAll(selector)] : [];
    place = { top: scrollY, selector, number: same.indexOf(document.activeElement) };
    if (shown()) places[shown().dataset.page] = place;
    if (name === "bw-answer" && !detail.fields.words) storage.setItem(PENDING, JSON.stringify(detail));
    announceLater();
    if (connected) stage().dispatchEvent(new CustomEvent(name, { detail }));
  }

  // The server calls this whenever the connection stands, so also after it was lost for a while. What the tab kept comes
  // before an answer that was given meanwhile: that one is sent after it.
  function start() {
    connected = true;
    if (serial && !waiting) quiet();
    window.socket?.once("disconnect", () => { // what is sent meanwhile is sent once, by the next start
      connected = false;
      if (!waiting) announceLater([[GONE_AFTER, "lost"]]); // such as a server that was told to stop
    });
    const state = storage.getItem(KEPT);
    if (!serial && state) send("bw-restore", { state }, "load");
    else if (waiting) stage().dispatchEvent(new CustomEvent(waiting.name, { detail: waiting.detail }));
    else if (!serial) send("bw-goto", { page: "start" }, "load");
  }

  // What stands above and below all pages comes once, with the first of them: it goes along from page to page.
  function keepAround(page) {
    for (const part of ["header", "footer"]) {
      const empty = page.querySelector(`${part}:empty`);
      around[part] = empty ? around[part] || document.querySelector(`#prerender ${part}`) : page.querySelector(part);
      const focused = around[part].contains(document.activeElement) ? document.activeElement : null;
      empty?.replaceWith(around[part]);
      focused?.focus({ preventScroll: true }); // what is moved loses it
    }
    const leaving = page.querySelector("form#elsewhere")?.elements;
    for (const field of ["page", "state"]) if (leaving?.[field]) leaving[field].value = page.dataset[field];
  }

  function arrived(page) {
    keepAround(page);
    for (const sheet of page.querySelectorAll("[data-own]")) sheet.style.setProperty("--own", sheet.dataset.own);
    const loaded = serial === "" && moved === "load", failed = page.dataset.page === "message";
    const before = serial === "" ? document.querySelector("#prerender .page")?.dataset.page : undefined;
    if (!failed) keep(page.dataset.state);
    else if (waiting?.name === "bw-restore") keep(""); // what can't be shown would fail at every reload
    if (failed) storage.removeItem(PENDING); // it would fail again
    serial = page.dataset.serial;
    const answered = waiting?.name === "bw-answer";
    waiting = null;
    quiet();
    document.title = page.dataset.title;
    if (!answered) fillFromDraft(page); // also after having read something aside
    takeOver(page);
    remember(page.dataset.page, loaded, before);
    if (loaded && resend()) return;
    if (answered && !failed) storage.removeItem(DRAFT);
    storage.removeItem(PENDING);
    if (loaded) return;
    if (page.dataset.announce && moved !== "pop") return stayInPlace(page);
    const was = moved === "pop" && places[page.dataset.page];
    const left = was && was.selector && page.querySelectorAll(was.selector)[was.number];
    scrollTo(0, was ? was.top : 0);
    (page.querySelector("#summary") || left || page.querySelector("h1")).focus({ preventScroll: true });
  }

  // The same page with something new in it: it stays where it is, and what is new is said.
  function stayInPlace(page) {
    const news = page.querySelector("#" + page.dataset.announce);
    scrollTo(0, place.top);
    ((place.selector && page.querySelector(place.selector)) || news).focus({ preventScroll: true });
    news.scrollIntoView({ block: news.offsetHeight > innerHeight ? "start" : "nearest" });
    live("spoken").textContent = news.innerText;
  }

  function selectorOf(element) {
    if (!element?.closest(".page")) return "";
    const of = (name) => (element.hasAttribute(name) ? `[${name}="${CSS.escape(element.getAttribute(name))}"]` : "");
    return element.id ? "#" + CSS.escape(element.id) : element.localName + of("name") + of("value") + of("data-goto");
  }

  function keep(state) {
    if (state) storage.setItem(KEPT, state);
    else storage.removeItem(KEPT);
  }

  // An answer that was on its way when the server went away.
  function resend() {
    const pending = storage.getItem(PENDING);
    if (!pending) return false;
    storage.removeItem(PENDING);
    send("bw-answer", JSON.parse(pending), "answer");
    return true;
  }

  // `before` is the page that was answered before the stage took over: it has no place in the history yet.
  function remember(page, loaded, before) {
    const depth = history.state?.depth || 0;
    if (moved === "pop") return;
    if (before && !loaded) history.replaceState({ page: before, depth }, "");
    const words = document.querySelector(".stage #found") && document.querySelector(".stage #words").value;
    if (loaded || history.state?.page === page) history.replaceState({ page, words, depth }, "");
    else history.pushState({ page, words, depth: depth + 1 }, "");
  }

  // The page that the server put into the body gives way to the stage. Focus stays where it was.
  function takeOver(page) {
    document.documentElement.classList.remove("restoring");
    const before = document.getElementById("prerender");
    if (!before) return;
    const had = before.contains(document.activeElement) ? document.activeElement : null;
    const focus = had && ((had.id && page.querySelector("#" + CSS.escape(had.id))) || page.querySelector("h1"));
    before.remove();
    focus?.focus({ preventScroll: true });
  }

  // What was chosen but not sent yet outlives the first take-over, a reload and another language.
  function keepDraft(form) {
    const draft = { page: form.closest(".page").dataset.page, fields: fieldsOf(form) };
    storage.setItem(DRAFT, JSON.stringify(draft));
  }

  function fillFromDraft(page) {
    const draft = JSON.parse(storage.getItem(DRAFT) || "{}");
    if (draft.page !== page.dataset.page) return;
    for (const input of page.querySelectorAll("input:not([type=hidden]), select")) {
      const values = draft.fields[input.name] || [];
      if (input.matches("[type=radio], [type=checkbox]")) input.checked = values.includes(input.value);
      else input.value = values[0] ?? "";
    }
  }

  function fieldsOf(form, submitter) {
    const fields = {};
    for (const [name, value] of new FormData(form, submitter)) (fields[name] ||= []).push(value);
    return fields;
  }

  function announceLater(words = [[BUSY_AFTER, "busy"], [LOST_AFTER, "lost"]]) {
    quiet();
    timers = words.map(([after, word]) => setTimeout(() => {
      if (shown()) status().textContent = shown().dataset[word];
      document.documentElement.classList.add("busy");
    }, after));
  }

  function quiet() {
    timers.forEach(clearTimeout);
    if (document.body) status().textContent = "";
    document.documentElement.classList.remove("busy");
  }

  const status = () => live("status");

  // A place whose words are said as soon as they change.
  function live(id) {
    let element = document.getElementById(id);
    if (!element) {
      element = Object.assign(document.createElement("p"), { id });
      element.setAttribute("role", "status");
      document.body.append(element);
    }
    return element;
  }

  function say(words) {
    quiet();
    status().textContent = words;
    timers = [setTimeout(quiet, SAID_FOR)];
  }

  function printPaper() {
    toPrint = Boolean(waiting);
    if (toPrint) return;
    say(shown().querySelector("[data-print]").dataset.print);
    print();
  }

  // Fetched, so that it can be said when the file is there. Another answer than a file is shown by the browser itself.
  async function save(form, button) {
    if (saving) return;
    saving = true;
    announceLater([[BUSY_AFTER, "busy"]]);
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form, button)) })
      .then(async (got) => ({ name: got.headers.get("Content-Disposition")?.split("''")[1], file: await got.blob() }))
      .catch(() => null);
    saving = false;
    if (!answer) return say(shown().dataset.lost);
    if (!answer.name) {
      form.dataset.leave = "";
      return form.requestSubmit(button);
    }
    const href = URL.createObjectURL(answer.file);
    Object.assign(document.createElement("a"), { href, download: decodeURIComponent(answer.name) }).click();
    setTimeout(() => URL.revokeObjectURL(href), SAID_FOR);
    say(button.dataset.save);
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.closest(".page") || form.matches("[data-leave]")) return;
    event.preventDefault();
    if (event.submitter?.matches("[data-save]")) return save(form, event.submitter);
    if (waiting && connected) return; // a second press while the first is on its way
    const back = event.submitter?.name === "go" && event.submitter.value === "back";
    if (back && history.state?.depth > 0) return history.back();
    send("bw-answer", { fields: fieldsOf(form, event.submitter) }, "answer");
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) printPaper();
    const link = event.target.closest("[data-goto]");
    if (link && serial && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
      event.preventDefault();
      send("bw-goto", { page: link.dataset.goto }, "answer");
    }
    const anchor = event.target.closest('.page a[href^="#"]');
    if (anchor) { // an address with a # would be a new page to the browser's back button
      event.preventDefault();
      const target = document.querySelector(anchor.getAttribute("href"));
      target?.focus();
      target?.scrollIntoView();
    }
  });

  document.addEventListener("input", (event) => {
    const { target } = event;
    if (!target.form?.closest(".page")) return;
    if (target.type === "checkbox" && target.checked) { // "none of these" and the others rule each other out
      const apart = target.hasAttribute("data-exclusive");
      for (const other of target.form.querySelectorAll("[type=checkbox]"))
        if (other !== target && (apart || other.hasAttribute("data-exclusive"))) other.checked = false;
    }
    if (!target.form.matches(".search")) keepDraft(target.form);
  });

  // What will be on paper follows each choice.
  document.addEventListener("change", ({ target: { form } }) => {
    const show = form?.querySelector('[value="show_paper"]');
    if (show) send("bw-answer", { fields: fieldsOf(form, show) }, "answer");
  });

  // An article that explains a question comes once it is opened, and stands in its place; its link is there until then.
  document.addEventListener("toggle", async (event) => {
    const { target } = event, { load } = target.dataset ?? {};
    if (!target.open || !load) return;
    delete target.dataset.load;
    try {
      const answer = await fetch(load);
      if (!answer.ok) throw answer;
      const text = Object.assign(document.createElement("div"), { innerHTML: await answer.text() });
      target.querySelector("p").replaceWith(text);
    } catch {
      target.dataset.load = load;
    }
  }, true);

  addEventListener("popstate", (event) => {
    if (serial) send("bw-goto", { page: event.state?.page || "start", words: event.state?.words || "" }, "pop");
  });

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll(".page details:not([open])")];
    closed.forEach((details) => { details.open = true; });
  });
  addEventListener("afterprint", () => closed.forEach((details) => { details.open = false; }));

  new MutationObserver(() => {
    const page = document.querySelector(".stage .page");
    if (!page || page.dataset.serial === serial) return;
    arrived(page);
    if (toPrint) page.querySelector("[data-print]") ? printPaper() : toPrint = false;
  }).observe(document, { childList: true, subtree: true });

  // A reload comes back to its step: don't show the first question meanwhile, unless the server can't be reached.
  if (storage.getItem(KEPT)) {
    document.documentElement.classList.add("restoring");
    setTimeout(() => document.documentElement.classList.remove("restoring"), SHOWN_AFTER);
    announceLater();
  } else announceLater([[LOST_AFTER, "lost"]]);

  return { start };
})();

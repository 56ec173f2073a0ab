// The desk: sends the form as it changes, and shows the outcome that comes back; keeps it in this tab only.
// Without it the buttons send the form themselves.
"use strict";
(() => {
  const KEPT = "bijdragewijzer.desk.", PAUSE = 180; // milliseconds after the last key
  const ALONG = ["language", "second", "letters"]; // only the sheet depends on these
  let waiting = 0, asked = 0, whole = true, turn = Promise.resolve();

  const at = (id) => document.getElementById(id);
  const form = () => at("desk");
  const fieldsOf = () => [...new FormData(form())];

  // What is said: in one place that stays, so that it is read aloud, and for the eye beside the outcome.
  const say = (words) => {
    at("status").textContent = words;
    let line = at("said");
    if (!line) {
      line = document.createElement("p");
      line.id = "said"; line.className = "notice";
      at("outcome-heading").after(line);
    }
    line.textContent = words;
  };
  // The outcome that is there belongs to what was typed before.
  const sayOld = (words) => { at("outcome").classList.add("waiting"); say(words); return null; };
  const goneAway = () => {
    sayOld(form().dataset.away);
    const link = document.createElement("a");
    link.href = form().dataset.login; link.textContent = form().dataset.loginText;
    link.target = "_blank"; link.rel = "noopener"; // what was typed stays here
    at("said").append(" ", link);
    return null;
  };

  // Answers with a whole page, as everything here does; nothing where there is no answer, or where a later one is asked.
  const ask = async (fields) => {
    const number = ++asked;
    let answer, text;
    try {
      answer = await fetch(form().action, { method: "POST", body: new URLSearchParams(fields) });
      text = await answer.text();
    } catch {
      return number === asked ? sayOld(form().dataset.lost) : null;
    }
    if (number !== asked) return null;
    if (answer.status === 401) return goneAway();
    return answer.ok ? new DOMParser().parseFromString(text, "text/html") : sayOld(form().dataset.lost);
  };

  // What the tab keeps: of this login only, whoever logs in next finds nothing. Not before what it kept is back.
  const kept = () => KEPT + form().dataset.owner;
  const forget = (but = "") => {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(KEPT) && key !== but) sessionStorage.removeItem(key);
  };
  const keep = () => {
    if (!whole) return;
    const told = fieldsOf().filter(([, value]) => value);
    try { sessionStorage.setItem(kept(), JSON.stringify(told)); } catch { /* a tab without storage keeps nothing */ }
  };
  const own = (page) => { // somebody may have logged in again in another tab meanwhile
    form().dataset.owner = page.getElementById("desk").dataset.owner;
    forget(kept());
    keep();
  };
  const wipe = () => { // at once, whether or not the server answers
    forget();
    for (const field of form().querySelectorAll("input:not([type]), select")) field.value = "";
    for (const field of form().querySelectorAll("[type=checkbox]")) field.checked = false;
    at("outcome").replaceChildren(at("outcome-heading"));
  };

  // The errors of a page at their fields.
  const tellErrors = (page) => {
    for (const line of page.querySelectorAll(".desk-form p.error")) {
      const mine = at(line.id), field = at(line.id.replace(/-error$/, ""));
      if (!mine || !field) continue;
      mine.textContent = line.textContent; mine.hidden = line.hidden;
      mine.closest(".field").classList.toggle("wrong", !line.hidden);
      if (line.hidden) field.removeAttribute("aria-invalid"); else field.setAttribute("aria-invalid", "true");
    }
  };

  // The outcome of the form as it is. What is being typed is no mistake yet.
  const update = async (typing) => {
    keep();
    const page = await ask([...fieldsOf(), ["go", "show"]]);
    if (!page) return;
    own(page);
    const wrong = [...page.querySelectorAll("#mistakes a")].map((link) => link.hash.slice(1));
    if (typing && wrong.length === 1 && document.activeElement?.id === wrong[0]) return void sayOld(form().dataset.waiting);
    tellErrors(page);
    const focused = document.activeElement?.closest("#outcome") ? document.activeElement.id : "";
    const opened = [...document.querySelectorAll("#outcome details")].map((each) => each.open);
    at("outcome").replaceWith(page.getElementById("outcome"));
    document.querySelectorAll("#outcome details").forEach((each, place) => { each.open = opened[place] || false; });
    at("status").textContent = page.getElementById("status").textContent;
    begin();
    if (focused) at(focused)?.focus();
  };

  // Typing goes on where it was.
  const goOn = (field) => {
    field?.focus();
    if (field?.matches("input:not([type])")) field.setSelectionRange(field.value.length, field.value.length);
  };

  // The whole page that comes after some fields; what was typed while it was under way is put into it.
  const rebuild = async (fields) => {
    const sent = new Map(fieldsOf());
    const page = await ask(fields);
    if (!page) return null;
    const late = fieldsOf().filter(([name, value]) => sent.get(name) !== value);
    const focused = document.activeElement?.id;
    at("main").replaceChildren(...page.getElementById("main").childNodes);
    for (const [name, value] of late) {
      const field = form().elements.namedItem(name);
      if (field && "value" in field && field.type !== "checkbox") field.value = value;
    }
    begin();
    if (focused) goOn(at(focused));
    if (late.length) update(true);
    return form().dataset.focus || "";
  };

  // One button after the other, each with the form that the one before it left.
  const next = (deed) => { turn = turn.then(deed).catch(() => sayOld(form().dataset.lost)); };
  const press = (pressed) => {
    next(async () => {
      if (pressed.value === "show") {
        await update(false);
        if (!pressed.classList.contains("unseen")) at("outcome-heading").focus();
        return;
      }
      const isNew = pressed.value === "new";
      if (isNew) wipe();
      const focus = await rebuild(isNew ? [["go", "new"]] : [...fieldsOf(), ["go", pressed.value]]);
      if (focus === null) return;
      if (!isNew) keep();
      (at(focus) || at("outcome-heading")).focus();
    });
  };

  // What was filled in before this script was there.
  const early = () => [...form().elements].filter((field) => {
    if (field.matches("select")) return field.selectedIndex !== Math.max(0, [...field.options].findIndex((each) => each.defaultSelected));
    if (field.matches("[type=checkbox], [type=radio]")) return field.checked && !field.defaultChecked;
    return field.matches("input:not([type])") && field.value !== field.defaultValue;
  }).map((field) => [field.name, field.value]);

  const begin = () => {
    for (const button of document.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;
  };

  document.addEventListener("input", (event) => {
    if (!event.target.closest("#desk")) return;
    if (ALONG.includes(event.target.name)) return keep();
    clearTimeout(waiting);
    const typing = event.target.matches("input:not([type])");
    waiting = setTimeout(() => next(() => update(typing)), PAUSE);
  });
  document.addEventListener("focusout", (event) => {
    if (event.target.matches?.("#desk input") && document.querySelector("#outcome.waiting")) next(() => update(false));
  });
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "desk" || event.submitter?.hasAttribute("formaction")) return;
    event.preventDefault();
    clearTimeout(waiting);
    if (event.submitter) press(event.submitter);
  });
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) {
      await navigator.clipboard.writeText(at(button.dataset.copy).value);
      return say(button.dataset.copied);
    }
    const link = event.target.closest(".desk-outcome a[href^='#']");
    const field = link && at(link.hash.slice(1));
    if (field) { event.preventDefault(); field.focus(); }
  });
  // Somebody logged out in another tab: nothing stays in this one either.
  new BroadcastChannel("bijdragewijzer.staff").addEventListener("message", () => { wipe(); goneAway(); });

  document.addEventListener("DOMContentLoaded", () => {
    begin();
    let told = [];
    forget(kept());
    try { told = JSON.parse(sessionStorage.getItem(kept()) || "[]"); } catch { /* nothing that we wrote */ }
    const typed = new Map(early());
    if (!told.length) return typed.size ? next(() => update(true)) : undefined;
    whole = false;
    next(async () => {
      if (await rebuild([...told.filter(([name]) => !typed.has(name)), ...typed, ["go", "show"]]) === null) return;
      whole = true;
      keep();
    });
  });
})();

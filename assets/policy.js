// The page that compares policies: sends the form, shows how far the server is line by line, and then the result.
"use strict";
(() => {
  const form = document.getElementById("policy");
  const [compare, cancel, underWay, stage, progress, progressText, mistakes, said, told, result, more, invent] =
    ["compare", "cancel", "under-way", "stage", "progress", "progress-text", "mistakes", "said", "told", "result", "more", "invent"].map((id) => document.getElementById(id));
  const words = form.dataset;
  let run = null; // what can be stopped
  let shown = null; // the form of the result that is shown
  form.hidden = false;

  // Words

  function say(message, link = "") {
    said.hidden = !message;
    const place = said.lastElementChild;
    place.textContent = message;
    if (!link) return;
    const to = document.createElement("a");
    [to.href, to.target, to.textContent] = [link, "_blank", words.loginText];
    place.append(" ", to);
  }

  function explain(place, wrong) {
    place.textContent = wrong.text;
    for (const line of wrong.detail || []) {
      const part = document.createElement("span");
      [part.lang, part.textContent] = ["en", line];
      place.append(part);
    }
  }

  function clear() {
    mistakes.hidden = true;
    mistakes.querySelector("ul").replaceChildren();
    for (const line of form.querySelectorAll("p.error")) line.hidden = true;
    for (const field of form.querySelectorAll(".wrong")) field.classList.remove("wrong");
    for (const input of form.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
    say("");
  }

  function tell(listed) {
    for (const wrong of listed) {
      const input = document.getElementById(wrong.field), line = document.getElementById(`${wrong.field}-error`);
      if (!input || !line) { say(wrong.text); continue; }
      const isFirst = line.hidden;
      if (isFirst) explain(line.lastElementChild, wrong);
      else explain(line.lastElementChild.appendChild(document.createElement("span")), wrong);
      line.hidden = false;
      input.setAttribute("aria-invalid", "true");
      input.closest(".field").classList.add("wrong");
      if (!isFirst) continue;
      const link = document.createElement("a"), item = document.createElement("li");
      [link.href, link.textContent] = [`#${wrong.field}`, `${input.labels[0].textContent.trim()}: ${wrong.text}`];
      item.append(link);
      mistakes.querySelector("ul").append(item);
    }
    mistakes.hidden = !mistakes.querySelector("li");
    if (!mistakes.hidden) mistakes.focus();
    else { told.textContent = said.textContent; compare.focus(); }
  }

  // Asking

  function sent() {
    const body = new FormData(form);
    for (const [name, value] of [...body]) {
      const about = name === "file" ? form.elements.source.value : name.endsWith(".file") ? form.elements[name.slice(0, -5)].value : "file";
      if (value instanceof File && (about !== "file" || !value.name)) body.delete(name);
    }
    return body;
  }

  function size(body) {
    return [...body.values()].reduce((sum, value) => sum + (value.size || 0), 0);
  }

  function working(is) {
    compare.hidden = is;
    cancel.hidden = !is;
    underWay.hidden = !is;
    result.classList.toggle("old", is);
    progress.removeAttribute("value");
    progressText.textContent = "";
  }

  function at(words) {
    if (stage.textContent === words) return;
    stage.textContent = words;
    told.textContent = words;
    progress.removeAttribute("value");
    progressText.textContent = "";
  }

  function news(line) {
    if (line.stage) {
      at(line.stage);
      if (line.max) [progress.max, progress.value, progressText.textContent] = [line.max, line.value, line.text];
    } else if (line.done) {
      ended();
      shown = line.body;
      result.innerHTML = line.done;
      told.textContent = "";
      document.getElementById("result-heading").focus();
    } else {
      ended();
      tell(line.wrong);
    }
  }

  function ended() {
    run = null;
    working(false);
  }

  function failed(message, link = "") {
    ended();
    say(message, link);
    told.textContent = message;
    compare.focus();
  }

  // What isn't as it should be is told; nothing comes back then.
  async function ask(url, body, mine) {
    const answer = await fetch(url, { method: "POST", body, headers: { Accept: "application/json" }, signal: mine && mine.signal });
    if (answer.ok) return answer;
    const found = await answer.json().catch(() => ({}));
    if (mine && run !== mine) return null;
    if (found.wrong) { ended(); tell(found.wrong); }
    else failed(found.detail || words.lost, answer.status === 401 ? words.login : "");
    return null;
  }

  async function send() {
    if (run) return;
    clear();
    const body = sent();
    if (size(body) > Number(words.mostBytes)) return tell([{ field: "file", text: words.tooLarge }]);
    const mine = new AbortController();
    run = mine;
    working(true);
    at(words.sending);
    cancel.focus();
    try {
      const answer = await ask(form.action, body, mine);
      if (!answer) return;
      const lines = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (;;) {
        const { value, done } = await lines.read();
        if (done || run !== mine) break;
        const whole = (rest + value).split("\n");
        rest = whole.pop();
        for (const line of whole) if (line) news({ ...JSON.parse(line), body });
      }
      if (run === mine) failed(words.lost);
    } catch {
      if (run === mine) failed(words.lost);
    }
  }

  async function save(button, url, body) {
    if (button.getAttribute("aria-disabled") === "true") return;
    clear();
    button.setAttribute("aria-disabled", "true");
    told.textContent = words.saving;
    try {
      const answer = await ask(url, body, null);
      if (!answer) return;
      const name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition"))[1];
      const link = document.createElement("a");
      [link.href, link.download] = [URL.createObjectURL(await answer.blob()), name];
      link.click();
      setTimeout(URL.revokeObjectURL, 60000, link.href);
      told.textContent = words.saved;
    } catch {
      failed(words.lost);
    } finally {
      button.removeAttribute("aria-disabled");
    }
  }

  // The rows of policies

  const rows = () => [...form.querySelectorAll(".policy")];
  function put(row, there) {
    row.hidden = row.disabled = !there;
    more.hidden = rows().every((each) => !each.hidden);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  cancel.addEventListener("click", () => {
    run.abort();
    ended();
    say(words.cancelled);
    told.textContent = words.cancelled;
    compare.focus();
  });
  more.addEventListener("click", () => {
    const row = rows().find((each) => each.hidden);
    put(row, true);
    row.querySelector("select").focus();
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-remove]");
    if (!button) return;
    const row = button.closest(".policy");
    row.querySelector("select").value = "";
    put(row, false);
    told.textContent = words.removed;
    more.focus();
  });
  invent.addEventListener("click", () => {
    const body = new URLSearchParams({ rows: form.elements.rows.value, seed: form.elements.seed.value });
    save(invent, words.invent, body);
  });
  mistakes.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link) return;
    event.preventDefault();
    document.getElementById(link.hash.slice(1)).focus();
  });
  result.addEventListener("click", (event) => {
    const button = event.target.closest("#save");
    if (button) save(button, words.workbook, shown);
  });
})();

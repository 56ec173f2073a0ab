// The page that makes letters: sends the file, and shows what the server tells line by line. The answer stays open for
// as long as the page does; when it ends, the server wipes the file and the letters.
"use strict";
(() => {
  const form = document.getElementById("letters");
  const [fields, make, cancel, refused, underWay, progress, progressText, status, result] =
    ["letters-fields", "make", "cancel", "refused", "under-way", "progress", "progress-text", "post-status", "result"].map((id) => document.getElementById(id));
  const words = form.dataset;
  let run = null;
  document.getElementById("no-script").remove();
  form.hidden = false;

  function show(message, about = "", link = "") {
    refused.hidden = !message;
    refused.lastElementChild.textContent = message;
    if (link) {
      const to = document.createElement("a");
      to.href = link;
      to.textContent = words.loginText;
      refused.lastElementChild.append(" ", to);
    }
    form.querySelector(".actions").after(refused);
    for (const field of form.querySelectorAll(".field")) {
      const wrong = Boolean(message) && field.id === `field-${about}`;
      field.classList.toggle("wrong", wrong);
      const input = field.querySelector("input, select");
      if (!input || input.type === "hidden") continue;
      const hint = field.querySelector(".hint")?.id || "";
      input.setAttribute("aria-describedby", wrong ? `${hint} refused`.trim() : hint);
      input.setAttribute("aria-invalid", wrong);
      if (!wrong) continue;
      input.before(refused);
      input.focus();
    }
    if (message && !form.querySelector(".wrong")) refused.focus();
  }

  function working(is) {
    fields.disabled = is;
    make.hidden = is;
    cancel.hidden = !is;
    underWay.hidden = !is;
    if (is) {
      progress.removeAttribute("value");
      progressText.textContent = "";
    }
  }

  function told(line) {
    if (line.text) {
      progress.max = line.max;
      progress.value = line.value;
      progressText.textContent = line.text;
    } else if (line.done) {
      working(false);
      status.textContent = "";
      result.innerHTML = line.done;
      document.getElementById("result-heading").focus();
    } else if (line.refused) {
      stopped(line.refused, line.about);
    }
  }

  function stopped(message, about = "", link = "") {
    run = null;
    working(false);
    status.textContent = "";
    result.replaceChildren();
    show(message, about, link);
  }

  async function read(answer, mine) {
    const lines = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await lines.read();
      if (done || run !== mine) break;
      const whole = (rest + value).split("\n");
      rest = whole.pop();
      for (const line of whole) if (line) told(JSON.parse(line));
    }
    if (run === mine) stopped(words.lost);
  }

  async function send() {
    const file = form.elements.file.files[0];
    if (!file) return show(words.noFile, "file");
    if (file.size > Number(words.mostBytes)) return show(words.tooLarge, "file");
    if (run) run.abort(); // the letters of before: the server wipes them
    const mine = new AbortController();
    run = mine;
    show("");
    result.replaceChildren();
    const body = new FormData(form);
    working(true);
    status.textContent = words.begun;
    cancel.focus();
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, signal: mine.signal });
      if (answer.ok) return await read(answer, mine);
      const said = await answer.json();
      stopped(said.detail, said.about, answer.status === 401 ? words.login : "");
    } catch {
      if (run === mine) stopped(words.lost);
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  cancel.addEventListener("click", () => {
    run.abort();
    run = null;
    working(false);
    status.textContent = words.cancelled;
    make.focus();
  });
})();

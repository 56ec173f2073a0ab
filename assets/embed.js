/* <bijdragewijzer-wmo municipality="GM0363" lang="nl" theme="light">a link</bijdragewijzer-wmo>
   shows the interview in a frame that is as tall as what is in it. The link stays where that isn't possible. No cookies;
   nothing that somebody answers comes out of the frame. EUPL-1.2. */
(() => {
  "use strict";
  const LANGUAGES = ["nl", "en", "tr", "ar", "pl", "uk"], NAME = "bijdragewijzer-wmo";
  const THEMES = { light: "light", dark: "dark" };
  const TALLEST = 50000; // pixels: more is no page of ours
  const home = new URL(".", document.currentScript.src);
  if (customElements.get(NAME)) return;

  customElements.define(NAME, class extends HTMLElement {
    static observedAttributes = ["municipality", "lang", "theme", "title"];
    #frame = null;
    #listen = (event) => this.#told(event);

    connectedCallback() {
      if (!this.shadowRoot) {
        this.#frame = document.createElement("iframe");
        this.attachShadow({ mode: "open" }).append(this.#frame, document.createElement("slot"));
        this.#frame.referrerPolicy = "no-referrer";
        Object.assign(this.#frame.style, { display: "block", width: "100%", height: "0", border: "0" });
        this.style.display ||= "block";
      }
      addEventListener("message", this.#listen);
      this.#fill();
    }

    disconnectedCallback() {
      removeEventListener("message", this.#listen);
    }

    attributeChangedCallback() {
      if (this.#frame && this.isConnected) this.#fill();
    }

    // The frame's colours follow the colour scheme of what it stands in.
    #fill() {
      const wanted = (this.lang || this.closest("[lang]")?.lang || "").toLowerCase().split("-")[0];
      const language = LANGUAGES.includes(wanted) ? wanted : LANGUAGES[0];
      const { href } = new URL(`${language}/embed/${encodeURIComponent(this.getAttribute("municipality") || "")}/`, home);
      this.#frame.title = this.title || "Bijdragewijzer Wmo";
      this.#frame.style.colorScheme = THEMES[this.getAttribute("theme")] || "light dark";
      if (this.#frame.src !== href) this.#frame.src = href;
    }

    #told({ source, origin, data }) {
      if (source !== this.#frame.contentWindow || origin !== home.origin || !data?.bijdragewijzer) return;
      const { height, begins } = data.bijdragewijzer;
      if (height > 0 && height < TALLEST) {
        this.#frame.style.height = `${height}px`;
        this.shadowRoot.querySelector("slot").hidden = true;
      }
      if (begins && this.getBoundingClientRect().top < 0) this.scrollIntoView();
    }
  });
})();

// <credit-balance account="alice" token-url="/credits/token"></credit-balance>
//
// Shows what an account has, and keeps showing it. `token-url` is an address of the page's own
// backend that answers {"token": "..."}, made with POST /v1/accounts/{account}/tokens; or give the
// element a function `getToken(account)`. `server`: where creditd is, if not where this script came
// from. `show="balance"`: with what is held. How it looks is the page's affair: there is only text,
// and `data-state` says connecting, live, offline or error. Events: `credit-balance` and
// `credit-event` with what the stream said, `credit-error` with what went wrong.
(() => {
  "use strict";
  const script = document.currentScript;
  const home = script && script.src ? new URL(script.src).origin : location.origin;
  const waitMin = 1000, waitMax = 60000;
  const silenceMax = 45000; // the stream says something every 15 s

  class Refused extends Error {
    constructor(response) {
      super(`creditd answered ${response.status}`);
      this.status = response.status;
      this.retryAfter = Number(response.headers.get("Retry-After")) * 1000 || 0;
    }
  }

  const pause = (time, signal) => new Promise((resolve) => {
    const timer = setTimeout(resolve, time);
    signal.addEventListener("abort", () => { clearTimeout(timer); resolve(); }, { once: true });
  });

  class CreditBalance extends HTMLElement {
    static observedAttributes = ["account", "server", "token-url", "show", "lang"];
    #stop = null; // ends what runs for the attributes as they were
    #token = "";
    #lastId = "";
    #balance = null;
    #isStarting = false;

    /** The last balance that the stream said, or null. */
    get balance() { return this.#balance; }

    connectedCallback() {
      if (!this.hasAttribute("role")) this.setAttribute("role", "status");
      this.#start();
    }
    disconnectedCallback() { this.#end(); }
    attributeChangedCallback(name, before, now) {
      if (!this.isConnected || before === now) return;
      if (name === "show" || name === "lang") this.#render();
      else this.#start();
    }

    #end() {
      if (this.#stop) this.#stop.abort();
      this.#stop = null;
    }

    /** Soon: attributes are set, or found, one by one. */
    #start() {
      this.#end();
      if (this.#isStarting) return;
      this.#isStarting = true;
      queueMicrotask(() => {
        this.#isStarting = false;
        if (this.isConnected) this.#begin();
      });
    }

    #begin() {
      this.#token = this.#lastId = "";
      this.#balance = null;
      this.#render();
      if (!this.getAttribute("account")) return;
      this.#stop = new AbortController();
      this.#run(this.#stop.signal);
    }

    async #run(signal) {
      let wait = waitMin;
      while (!signal.aborted) {
        let least = 0;
        this.#state("connecting");
        try {
          const renewed = !this.#token;
          if (renewed) this.#token = await this.#askForToken();
          if (signal.aborted) return;
          try {
            await this.#listen(signal, () => { wait = waitMin; });
            this.#state("offline");
          } catch (error) {
            if (error.status !== 401) throw error;
            this.#token = ""; // its time is over
            if (!renewed) continue;
            throw error;
          }
        } catch (error) {
          if (signal.aborted) return;
          least = error.retryAfter || 0;
          this.#state(error.status && error.status < 500 ? "error" : "offline");
          this.#tell("credit-error", error);
        }
        await pause(Math.max(least, wait * (0.5 + Math.random() / 2)), signal);
        wait = Math.min(wait * 2, waitMax);
      }
    }

    async #askForToken() {
      const account = this.getAttribute("account");
      if (typeof this.getToken === "function") return this.getToken(account);
      const response = await fetch(this.getAttribute("token-url") || "", {
        method: "POST",
        credentials: "same-origin",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ account }),
      });
      if (!response.ok) throw new Refused(response);
      return (await response.json()).token;
    }

    /** Until the stream ends, or is silent for too long. */
    async #listen(signal, onMessage) {
      const attempt = new AbortController();
      const abort = () => attempt.abort();
      signal.addEventListener("abort", abort, { once: true });
      let timer = setTimeout(abort, silenceMax);
      try {
        const account = encodeURIComponent(this.getAttribute("account"));
        const server = this.getAttribute("server") || home;
        const headers = { Authorization: `Bearer ${this.#token}`, Accept: "text/event-stream" };
        if (this.#lastId) headers["Last-Event-ID"] = this.#lastId;
        const response = await fetch(new URL(`/v1/accounts/${account}/stream`, server), {
          headers, cache: "no-store", credentials: "omit", signal: attempt.signal,
        });
        if (!response.ok) throw new Refused(response);
        const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
        for (let text = ""; ;) {
          const { value, done } = await reader.read();
          if (done) return;
          clearTimeout(timer);
          timer = setTimeout(abort, silenceMax);
          const messages = (text + value).split("\n\n");
          text = messages.pop();
          if (signal.aborted) return;
          for (const message of messages) this.#take(message, onMessage);
        }
      } finally {
        clearTimeout(timer);
        signal.removeEventListener("abort", abort);
      }
    }

    #take(message, onMessage) {
      const fields = {};
      for (const line of message.split("\n")) {
        const colon = line.indexOf(":");
        if (colon > 0) fields[line.slice(0, colon)] = line.slice(colon + 1).trimStart();
      }
      if (!fields.data) return;
      onMessage();
      if (fields.id) this.#lastId = fields.id;
      const data = JSON.parse(fields.data);
      if (fields.event !== "balance") return this.#tell("credit-event", data);
      this.#balance = data;
      this.#render();
      this.#state("live");
      this.#tell("credit-balance", data);
    }

    #render() {
      const data = this.#balance;
      const amount = data && data[this.getAttribute("show") === "balance" ? "balance" : "available"];
      let text = "\u2013";
      if (data && data.unlimited) text = "\u221e";
      else if (typeof amount === "number") text = this.#format(amount);
      if (this.textContent !== text) this.textContent = text;
    }

    #format(amount) {
      const lang = this.lang || document.documentElement.lang || undefined;
      const rule = { maximumFractionDigits: 6 };
      try {
        return new Intl.NumberFormat(lang, rule).format(amount);
      } catch {
        return new Intl.NumberFormat(undefined, rule).format(amount); // a language that is none
      }
    }

    #state(name) {
      if (this.dataset.state !== name) this.dataset.state = name;
    }

    #tell(name, detail) {
      this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
    }
  }

  if (!customElements.get("credit-balance")) customElements.define("credit-balance", CreditBalance);
})();

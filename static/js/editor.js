/* The editor of long texts (components/editor.html), and their saving: at once on this device, within seconds on the
   server, again and again until it has arrived. Plain and small: five forms and nothing else, cleaned here and again
   on the server. All words stand in the page. */
"use strict";

(() => {
  const PREFIX = "draft:text:";
  const QUIET = 700; /* after the last key */
  const LONGEST = 1500; /* after the first unsent key */
  const PATIENCE = 15000; /* for one answer */
  const BACKOFF = [1000, 2000, 4000, 8000, 15000];
  const editors = new Map();

  /* --- what a text may hold --------------------------------------------------------------------------- */

  const BLOCKS = { P: "p", DIV: "p", H1: "h3", H2: "h3", H3: "h3", H4: "h4", H5: "h4", H6: "h4" };
  const MARKS = { B: "strong", STRONG: "strong", I: "em", EM: "em" };
  const HOLDERS = "p,div,h1,h2,h3,h4,h5,h6,ul,ol,li,tr,pre,blockquote,section,article,table";
  const IGNORED = ["SCRIPT", "STYLE", "TEMPLATE", "HEAD", "TITLE"];
  const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

  function inline(node) {
    let out = "";
    node.childNodes.forEach((child) => {
      if (child.nodeType === Node.TEXT_NODE) out += escaped(child.data.replace(/[\s\u00a0]+/g, " "));
      if (child.nodeType !== Node.ELEMENT_NODE || IGNORED.includes(child.tagName)) return;
      const mark = MARKS[child.tagName];
      const inner = inline(child);
      if (child.tagName === "BR") out += "<br>";
      else if (["UL", "OL"].includes(child.tagName)) out += list(child);
      else out += mark && inner.trim() ? `<${mark}>${inner}</${mark}>` : inner;
    });
    return out;
  }

  function list(node) {
    const tag = node.tagName.toLowerCase();
    let items = "";
    [...node.children].forEach((child) => {
      if (child.tagName === "LI") items += `<li>${inline(child)}</li>`;
      else if (["UL", "OL"].includes(child.tagName)) items = items.replace(/<\/li>$/, "") + `${list(child)}</li>`;
    });
    return items ? `<${tag}>${items}</${tag}>` : "";
  }

  /* The text of an element, or of what was pasted, as the few tags that a text may hold. */
  function tidy(node) {
    let out = "";
    let run = document.createElement("p");
    const shut = () => {
      const text = inline(run);
      if (text.replace(/<br>/g, "").trim()) out += `<p>${text}</p>`;
      run = document.createElement("p");
    };
    node.childNodes.forEach((child) => {
      const element = child.nodeType === Node.ELEMENT_NODE;
      if (element && IGNORED.includes(child.tagName)) return;
      if (element && ["UL", "OL"].includes(child.tagName)) {
        shut();
        out += list(child);
      } else if (element && (child.matches(HOLDERS) || child.querySelector(HOLDERS))) {
        shut();
        if (child.querySelector(HOLDERS)) out += tidy(child);
        else {
          const tag = BLOCKS[child.tagName] || "p";
          const text = inline(child);
          if (text.replace(/<br>/g, "").trim()) out += `<${tag}>${text}</${tag}>`;
        }
      } else run.append(child.cloneNode(true));
    });
    shut();
    return out;
  }

  const parsed = (html) => new DOMParser().parseFromString(html, "text/html").body;

  /* What comes from elsewhere: without what the policy of the page would complain of, though nothing of it would run. */
  const foreign = (html) =>
    html
      .replace(/<b\s[^>]*font-weight:\s*normal[^>]*>/gi, "<span>")
      .replace(/<(script|style)[\s\S]*?<\/\1>/gi, "")
      .replace(/\s(?:style|on\w+)\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)/gi, "");

  /* --- writing ---------------------------------------------------------------------------------------- */

  const COMMANDS = {
    bold: () => document.execCommand("bold"),
    ul: () => document.execCommand("insertUnorderedList"),
    ol: () => document.execCommand("insertOrderedList"),
    h3: () => heading("h3"),
    h4: () => heading("h4"),
    p: () => document.execCommand("formatBlock", false, "p"),
  };
  const KEYS = { b: "bold", 1: "h3", 2: "h4", 0: "p", 7: "ol", 8: "ul" };

  function heading(tag) {
    const now = document.queryCommandValue("formatBlock");
    document.execCommand("formatBlock", false, now === tag ? "p" : tag);
  }

  function asked(event) {
    if (!(event.ctrlKey || event.metaKey)) return null;
    const digit = event.code && event.code.startsWith("Digit") ? event.code.slice(5) : null;
    if (event.key.toLowerCase() === "b" && !event.altKey && !event.shiftKey) return "bold";
    if (event.altKey && "012".includes(digit)) return KEYS[digit];
    if (event.shiftKey && "78".includes(digit)) return KEYS[digit];
    return null;
  }

  function pressed(editor) {
    if (document.activeElement !== editor.box) return;
    const block = document.queryCommandValue("formatBlock");
    const on = {
      bold: document.queryCommandState("bold"),
      ul: document.queryCommandState("insertUnorderedList"),
      ol: document.queryCommandState("insertOrderedList"),
      h3: block === "h3",
      h4: block === "h4",
    };
    editor.buttons.forEach((button) => button.setAttribute("aria-pressed", on[button.dataset.do] ? "true" : "false"));
  }

  function paste(event, data) {
    event.preventDefault();
    const html = data.getData("text/html");
    const clean = html && tidy(parsed(foreign(html)));
    if (clean) {
      /* One paragraph goes into the line where one stands. */
      const single = clean.match(/^<p>((?:(?!<p>).)*)<\/p>$/);
      document.execCommand("insertHTML", false, single ? single[1] : clean);
    } else document.execCommand("insertText", false, data.getData("text/plain"));
  }

  /* --- who writes ------------------------------------------------------------------------------------- */

  /* An open page is one that no other is: browsers give hidden fields back after a reload, or in a second tab. */
  function fresh() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  /* --- keeping on this device ------------------------------------------------------------------------- */

  const keyOf = (editor) => `${PREFIX}${editor.key}:${editor.page}`;

  function keep(editor) {
    const { owner, url, name, key, page, formerly, version, step, settles } = editor;
    const kept = { owner, url, name, key, page, formerly, version, step, settles, body: editor.body(), at: Date.now() };
    try {
      localStorage.setItem(keyOf(editor), JSON.stringify(kept));
    } catch {
      /* A full or forbidden storage: the page itself still holds the text. */
    }
  }

  function read(place) {
    try {
      return { ...JSON.parse(localStorage.getItem(place)), place };
    } catch {
      return null;
    }
  }

  function drafts(owner) {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(PREFIX))
      .map(read)
      .filter((kept) => kept && kept.owner === owner)
      .sort((a, b) => a.at - b.at);
  }

  /* --- sending ---------------------------------------------------------------------------------------- */

  function token() {
    const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    return cookie ? cookie[1] : JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  }

  async function post(url, fields, keepalive = false) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), PATIENCE);
    try {
      const answer = await fetch(url, {
        method: "POST",
        body: new URLSearchParams(fields),
        headers: { "X-CSRFToken": token(), "HX-Request": "true", "HX-Current-URL": location.href },
        signal: stop.signal,
        keepalive,
      });
      return { status: answer.status, to: answer.headers.get("HX-Redirect"), page: parsed(await answer.text()) };
    } finally {
      clearTimeout(timer);
    }
  }

  function fieldsOf(text) {
    const fields = { [text.name]: text.body };
    ["version", "page", "formerly", "step", "settles"].forEach((part) => {
      if (text[part] !== null && text[part] !== undefined) fields[`${text.name}_${part}`] = text[part];
    });
    return { ...fields, [`${text.name}_by`]: text.owner };
  }

  function line(kind, words) {
    document.querySelectorAll("#simpan").forEach((place) => {
      place.className = `save ${kind}`;
      if (words) place.textContent = words;
    });
  }

  const word = (name) => document.querySelector("#simpan")?.dataset[name];

  class Editor {
    /* ``earlier``: the editor of the same text on this very page, when the part around it was drawn anew. */
    constructor(root, earlier) {
      this.root = root;
      this.form = root.closest("form");
      this.name = root.dataset.name;
      this.key = root.dataset.editor;
      this.url = root.dataset.url;
      this.owner = root.dataset.owner;
      this.box = root.querySelector("[data-box]");
      this.field = root.querySelector("textarea");
      this.buttons = [...root.querySelectorAll("[data-do]")];
      this.page = earlier?.page || fresh();
      this.step = earlier?.step || 0;
      this.version = root.dataset.version;
      if (earlier) this.grow(earlier.version);
      this.formerly = earlier ? null : root.dataset.page || null;
      this.settles = this.collided = this.timer = this.waits = null;
      this.typed = this.arrived = this.tries = this.first = this.last = 0;
      clearTimeout(earlier?.timer);
      /* The form carries the next step with it. */
      this.form.addEventListener("submit", () => (this.step += 1));
      this.open();
      this.field.value = this.field.defaultValue;
      this.identify();
      this.recover();
    }

    input(part) {
      return this.form.elements[`${this.name}_${part}`];
    }

    body() {
      return tidy(this.box);
    }

    get unsent() {
      return this.typed > this.arrived;
    }

    open() {
      this.root.querySelectorAll("[data-bar], [data-box]").forEach((part) => (part.hidden = false));
      this.root.querySelectorAll("[data-plain]").forEach((part) => (part.hidden = true));
      this.field.hidden = true;
      this.field.removeAttribute("id");
      this.box.contentEditable = "true";
      document.execCommand("defaultParagraphSeparator", false, "p");
      document.execCommand("styleWithCSS", false, false);
      this.box.addEventListener("input", () => this.changed());
      this.box.addEventListener("paste", (event) => paste(event, event.clipboardData));
      this.box.addEventListener("drop", (event) => paste(event, event.dataTransfer));
      this.box.addEventListener("keydown", (event) => {
        const command = asked(event);
        if (!command) return;
        event.preventDefault();
        this.run(command);
      });
      this.buttons.forEach((button, place) => {
        button.tabIndex = place ? -1 : 0;
        button.addEventListener("mousedown", (event) => event.preventDefault());
        button.addEventListener("click", () => this.run(button.dataset.do));
        button.addEventListener("keydown", (event) => {
          const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
          if (step) this.buttons.at((place + step) % this.buttons.length).focus();
        });
      });
      this.root.closest("label")?.removeAttribute("for");
      this.root.querySelector("label")?.addEventListener("click", () => this.box.focus());
    }

    run(command) {
      this.box.focus();
      if (!this.box.textContent && !this.box.firstElementChild) document.execCommand("formatBlock", false, "p");
      COMMANDS[command]();
      this.box.querySelectorAll("[style]").forEach((node) => node.removeAttribute("style"));
      pressed(this);
      this.changed();
    }

    changed() {
      this.box.querySelectorAll("[style]").forEach((node) => node.removeAttribute("style"));
      this.typed += 1;
      this.last = Date.now();
      this.first ||= this.last;
      keep(this);
      this.fill();
      if (!this.waits) line("save-busy", word("busy"));
      this.plan(Math.max(0, Math.min(QUIET, this.first + LONGEST - Date.now())));
    }

    /* The form itself carries the text too, for a send with the decision. */
    fill() {
      this.field.value = this.body();
      this.identify();
    }

    identify() {
      const parts = { version: this.version, page: this.page, step: this.step + 1 };
      parts.formerly = this.formerly || "";
      parts.settles = this.settles || "";
      Object.entries(parts).forEach(([part, value]) => {
        if (this.input(part)) this.input(part).value = value;
      });
    }

    /* The version only grows: answers overtake each other on a slow line. */
    grow(version) {
      this.version = String(Math.max(Number(this.version), Number(version)));
    }

    plan(after) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.send(), after);
    }

    async send(keepalive = false) {
      if (!this.unsent || (this.running && !keepalive) || this.form.inert) return;
      clearTimeout(this.timer);
      const sent = this.typed;
      this.running = true;
      this.first = 0;
      this.step += 1;
      const { name, version, page, formerly, step, settles, owner } = this;
      const text = { name, version, page, formerly, step, settles, owner, body: this.body() };
      let answer = null;
      try {
        answer = await post(this.url, fieldsOf(text), keepalive);
      } catch {
        /* No line, or too slow a one. */
      }
      this.running = false;
      this.hear(answer, sent, text);
      if (this.unsent && !this.waits) this.plan(QUIET);
    }

    hear(answer, sent, text) {
      const mark = answer?.page.querySelector("[data-saved]");
      this.waits = null;
      if (mark) {
        this.tries = 0;
        this.arrived = Math.max(this.arrived, sent);
        this.formerly = null;
        const refused = mark.dataset.saved === "refused";
        if (!refused) {
          this.grow(mark.dataset.version);
          if (text.settles) this.settles = null;
        }
        this.collided = refused ? mark.dataset.copy : null;
        this.show(answer.page);
        if (!this.unsent) localStorage.removeItem(keyOf(this));
        this.fill();
        line(refused ? "save-off" : this.unsent ? "save-busy" : "", mark.textContent.trim());
        return;
      }
      const out = answer?.to;
      const sentence = answer && !out && answer.status < 500 ? answer.page.textContent.trim().slice(0, 200) : "";
      const wait = out || sentence ? 15000 : BACKOFF[Math.min(this.tries, BACKOFF.length - 1)];
      this.tries += 1;
      this.waits = Date.now() + wait;
      if (out) this.signedOut(out);
      else line("save-off", sentence || word("off"));
      this.plan(wait);
    }

    signedOut(to) {
      const link = document.createElement("a");
      link.href = to;
      link.textContent = word("again");
      line("save-off", `${word("out")} `);
      document.querySelectorAll("#simpan").forEach((place) => place.append(link.cloneNode(true)));
    }

    /* Both texts side by side, as the server tells them. */
    show(page) {
      const panel = page.querySelector(`[data-collisions="${this.key}"]`);
      const place = document.querySelector(`[data-collisions="${this.key}"]`);
      if (panel && place && panel.dataset.mark !== place.dataset.mark) place.replaceWith(document.importNode(panel, true));
      this.marks();
    }

    marks() {
      document.querySelectorAll(`[data-collisions="${this.key}"] [data-take]`).forEach((button) => {
        const mine = button.dataset.take === this.collided;
        button.hidden = false;
        button.textContent = mine ? button.dataset.mine : button.dataset.other;
      });
    }

    /* The text that was refused, or what became of it in the box, takes the place of the one that stands. */
    take(button) {
      const panel = button.closest("[data-collisions]");
      const copy = button.dataset.take;
      if (copy !== this.collided) this.put(panel.querySelector(`[data-copy="${copy}"]`));
      this.version = panel.dataset.version;
      this.settles = copy;
      this.collided = null;
      this.changed();
      this.send();
    }

    async aside(button) {
      const panel = button.closest("[data-collisions]");
      let answer = null;
      try {
        answer = await post(button.dataset.aside, { copy: button.value });
      } catch {
        line("save-off", word("off"));
        return;
      }
      const mark = answer.page.querySelector("[data-saved]");
      if (!mark) return;
      if (this.collided === button.value) {
        this.put(panel.querySelector("[data-stands]"));
        this.version = panel.dataset.version;
        this.collided = null;
        this.arrived = this.typed;
        localStorage.removeItem(keyOf(this));
        this.fill();
      }
      this.show(answer.page);
      line("", mark.textContent.trim());
    }

    put(node) {
      this.box.replaceChildren(...parsed(tidy(node)).childNodes);
    }

    /* What someone else wrote meanwhile: never over what is being typed here. Gives whether it need not come again. */
    renew(template) {
      if (this.unsent || this.collided || Number(template.dataset.version) <= Number(this.version)) return true;
      if (this.running || (document.activeElement === this.box && Date.now() - this.last < 8000)) return false;
      this.box.replaceChildren(...document.importNode(template.content, true).childNodes);
      this.version = template.dataset.version;
      this.fill();
      return true;
    }

    /* What did not arrive before the page was closed is taken up where it was left. */
    recover() {
      const mine = drafts(this.owner).filter((kept) => kept.key === this.key);
      const kept = mine.pop();
      if (!kept) return;
      localStorage.removeItem(kept.place);
      if (parsed(kept.body).textContent === this.box.textContent && !kept.settles) return;
      this.box.replaceChildren(...parsed(kept.body).childNodes);
      this.version = kept.version;
      this.formerly = kept.page;
      this.settles = kept.settles;
      this.changed();
      this.send();
    }
  }

  /* --- what was left of other texts, on whatever page -------------------------------------------------- */

  const reader = () => document.querySelector("[data-reader]")?.dataset.reader;

  /* Sent as a page of its own that goes on with that one: under its page and steps it would pass for the next save of
     a tab that is still open, whose own would then be taken for an older one. */
  async function deliver(kept) {
    const answer = await post(kept.url, fieldsOf({ ...kept, page: fresh(), step: 1, formerly: kept.page }));
    const saved = Boolean(answer.page.querySelector("[data-saved]"));
    if (saved && read(kept.place)?.at === kept.at) localStorage.removeItem(kept.place);
    return { ...answer, saved };
  }

  async function leftovers() {
    const owner = reader();
    let again = 0;
    for (const kept of owner ? drafts(owner) : []) {
      if (editors.has(kept.key)) continue;
      if (Date.now() - kept.at < 3000) {
        again = 3000; /* of a page that is at work, it may be: he sends it himself */
        continue;
      }
      try {
        const answer = await deliver(kept);
        if (answer.saved) continue;
        if (!answer.to && answer.status < 500) unwanted(kept, answer);
        else again = 15000;
      } catch {
        again = 15000;
        break;
      }
    }
    if (again) setTimeout(leftovers, again);
  }

  /* The record went on meanwhile: the text is shown, so that it can be copied from. */
  function unwanted(kept, answer) {
    const place = document.getElementById("pesan");
    if (!place || place.querySelector(`[data-left="${kept.place}"]`)) return;
    const notice = document.createElement("div");
    notice.className = "notice notice-miss stack";
    notice.dataset.left = kept.place;
    const why = document.createElement("p");
    why.textContent = `${place.dataset.left} ${answer.page.textContent.trim().slice(0, 200)}`;
    const text = document.createElement("div");
    text.className = "doc prose";
    text.append(...parsed(tidy(parsed(kept.body))).childNodes);
    const drop = document.createElement("button");
    drop.className = "btn btn-outline-secondary btn-sm";
    drop.type = "button";
    drop.textContent = place.dataset.drop;
    drop.addEventListener("click", () => {
      localStorage.removeItem(kept.place);
      notice.remove();
    });
    notice.append(why, text, drop);
    place.append(notice);
  }

  /* --- beginning, and what wakes it ------------------------------------------------------------------- */

  function begin() {
    document.querySelectorAll("[data-editor]").forEach((root) => {
      const earlier = editors.get(root.dataset.editor);
      if (!earlier?.root.isConnected) editors.set(root.dataset.editor, new Editor(root, earlier));
    });
    editors.forEach((editor) => editor.marks());
  }

  const wake = () => editors.forEach((editor) => editor.unsent && ((editor.waits = null), editor.send()));
  const flush = () => Promise.all([...editors.values()].map((editor) => editor.send(true)));

  begin();
  leftovers();
  document.addEventListener("htmx:afterSwap", begin);
  document.addEventListener("selectionchange", () => editors.forEach(pressed));
  document.addEventListener("portal:text", (event) => {
    const editor = editors.get(event.detail.dataset.text);
    if (editor && !editor.renew(event.detail)) event.preventDefault();
  });
  document.addEventListener("portal:live", () => editors.forEach((editor) => editor.marks()));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-take], [data-aside]");
    const editor = button && editors.get(button.closest("[data-collisions]")?.dataset.collisions);
    if (!editor) return;
    event.preventDefault();
    if (button.dataset.take) editor.take(button);
    else editor.aside(button);
  });
  window.addEventListener("online", () => (wake(), leftovers()));
  window.addEventListener("pageshow", wake);
  document.addEventListener("visibilitychange", () => (document.hidden ? flush() : wake()));
  /* Who signs out leaves nothing of his behind on this device: what has not arrived is sent first, and thrown away only
     if he says so. What another person left here stays until he signs in again. */
  let leaving = false;
  document.addEventListener(
    "submit",
    async (event) => {
      const owner = reader();
      if (!event.target.matches("[data-signs-out]") || leaving || !owner) return;
      if (!drafts(owner).length && ![...editors.values()].some((editor) => editor.unsent)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      await flush();
      for (const kept of drafts(owner)) {
        try {
          await deliver(kept);
        } catch {
          break; /* no line */
        }
      }
      const lost = () => drafts(owner).length || [...editors.values()].some((editor) => editor.unsent);
      if (lost() && !window.confirm(document.getElementById("pesan").dataset.leave)) return;
      drafts(owner).forEach((kept) => localStorage.removeItem(kept.place));
      leaving = true;
      editors.clear();
      event.target.requestSubmit();
    },
    true,
  );
})();

/* A page that several people look at: what others changed comes within seconds, and never over what one is typing.
   Parts carry a mark (templatetags/live.py); the server is told the marks and sends what differs. */
"use strict";

(() => {
  const page = document.querySelector("[data-live-url]");
  if (!page) return;
  const NEAR = 2500;
  const FAR = 20000; /* the page is not looked at */
  const PATIENCE = 20000;
  const FADE = 25000;
  let tries = 0;
  let timer = null;
  let version = page.dataset.version;

  const parts = () => [...document.querySelectorAll("[data-live]")];

  /* A part in which someone is at work stays as it is until he leaves it. */
  function held(place) {
    const at = document.activeElement;
    const fields = "input, select, textarea, summary, [contenteditable=true]";
    if (at && at !== document.body && place.contains(at) && at.matches(fields)) return true;
    if (place.matches(".htmx-request") || place.querySelector("details[open] form, .htmx-request")) return true;
    return [...place.querySelectorAll("form details[open] :is(input, select, textarea)")].some(typed);
  }

  function typed(field) {
    if (field.matches("select")) return [...field.options].some((one) => one.selected !== one.defaultSelected);
    return field.matches("[type=checkbox], [type=radio]")
      ? field.checked !== field.defaultChecked
      : field.type !== "hidden" && field.value !== field.defaultValue;
  }

  function fades(place) {
    const line = place.querySelector("[data-fades]");
    if (line) setTimeout(() => line.remove(), FADE);
  }

  /* Gives whether everything found its place. */
  function put(part) {
    const place = document.getElementById(part.id);
    if (place && held(place)) return false;
    if (place) {
      place.querySelectorAll("details[open]").forEach((open, n) => {
        const other = part.querySelectorAll("details")[n];
        if (other) other.open = true;
      });
      place.replaceWith(part);
    } else {
      const into = document.getElementById(part.dataset.into);
      if (!into) return true;
      into.append(part);
    }
    htmx.process(part);
    fades(part);
    return true;
  }

  function address() {
    const query = new URLSearchParams({ v: version, m: parts().map((part) => part.dataset.mark).join(",") });
    const editor = document.querySelector("[data-editor]");
    if (editor) query.set("buka", editor.dataset.editor);
    return `${page.dataset.liveUrl}?${query}`;
  }

  async function ask() {
    clearTimeout(timer);
    const stop = new AbortController();
    const patience = setTimeout(() => stop.abort(), PATIENCE);
    try {
      const answer = await fetch(address(), { headers: { "HX-Request": "true" }, signal: stop.signal });
      if (answer.status === 200) {
        /* Not only its body: a template that comes first belongs to the head, as browsers read it. */
        const news = new DOMParser().parseFromString(await answer.text(), "text/html");
        const all = [...news.querySelectorAll("[data-live]")].map((part) => put(document.importNode(part, true)));
        news.querySelectorAll("template[data-text]").forEach((text) => {
          const told = new CustomEvent("portal:text", { detail: text, cancelable: true });
          all.push(document.dispatchEvent(told)); /* false: not while he is typing; then it is asked for again */
        });
        document.dispatchEvent(new CustomEvent("portal:live"));
        if (all.every(Boolean)) version = answer.headers.get("X-Version") || version;
      }
      tries = answer.status < 400 ? 0 : tries + 1;
    } catch {
      tries += 1;
    }
    clearTimeout(patience);
    plan();
  }

  function plan() {
    clearTimeout(timer);
    timer = setTimeout(ask, Math.min(document.hidden ? FAR : NEAR * 2 ** tries, 30000));
  }

  parts().forEach(fades);
  plan();
  document.addEventListener("visibilitychange", () => document.hidden || ask());
  window.addEventListener("online", ask);

  /* A form whose answer was lost is sent again by itself, the same words under the same key; until then it holds
     still, since other words under that key would be another form. */
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt.matches("form[data-again]")) event.detail.elt.inert = true;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt;
    if (!form.matches("form[data-again]")) return;
    const lost = event.detail.xhr.status === 0 || event.detail.xhr.status >= 500;
    const again = Number(form.dataset.again || 0) + 1;
    if (lost && again <= 20) {
      form.dataset.again = again;
      setTimeout(() => htmx.trigger(form, "submit"), Math.min(1000 * again, 8000));
    } else if (lost || !event.detail.xhr.getResponseHeader("HX-Redirect")) {
      form.dataset.again = 0;
      form.inert = false;
    }
  });
})();

/* Keeps what is typed into a form on this device at once, until the server has it: for lines that drop.
   The form includes components/draft.html, which names the key, whose draft it is, and the words. */
"use strict";

const DRAFTS = "draft:";
const TEXTS = "draft:text:"; /* of the editor (js/editor.js), which looks after them itself */
const FORTNIGHT = 14 * 24 * 60 * 60 * 1000;

function draftOf(form) {
  const place = form.querySelector("[data-draft]");
  return place && { place, key: DRAFTS + place.dataset.draft, owner: place.dataset.owner };
}

function texts(form) {
  /* The texts of the editor keep themselves (js/editor.js). */
  const all = form.querySelectorAll("textarea[name], input[type=text][name]");
  return [...all].filter((field) => !field.closest("[data-editor]"));
}

function read(draft) {
  try {
    const kept = JSON.parse(localStorage.getItem(draft.key));
    return kept && kept.owner === draft.owner ? kept.fields : null;
  } catch {
    return null;
  }
}

function keep(form) {
  const draft = draftOf(form);
  const fields = {};
  texts(form).forEach((field) => (fields[field.name] = field.value));
  try {
    localStorage.setItem(draft.key, JSON.stringify({ owner: draft.owner, at: Date.now(), fields }));
  } catch {
    /* A full or forbidden storage: the page itself still holds the text. */
  }
}

function offer(form) {
  const draft = draftOf(form);
  const fields = read(draft);
  if (!fields) return;
  const differing = texts(form).filter((field) => field.name in fields && fields[field.name] !== field.value);
  if (differing.length === 0) {
    localStorage.removeItem(draft.key);
    return;
  }
  draft.place.hidden = false;
  draft.place.querySelector("[data-restore]").addEventListener("click", () => {
    differing.forEach((field) => {
      field.value = fields[field.name];
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    draft.place.hidden = true;
    differing[0].focus();
  });
  draft.place.querySelector("[data-drop]").addEventListener("click", () => {
    localStorage.removeItem(draft.key);
    draft.place.hidden = true;
    differing[0].focus();
  });
}

function drafted(target) {
  const form = target instanceof Element ? target.closest("form") : null;
  return form && draftOf(form) ? form : null;
}

const ours = () => Object.keys(localStorage).filter((key) => key.startsWith(DRAFTS) && !key.startsWith(TEXTS));

/* Forms that are gone leave their drafts behind: after a fortnight nobody will ask for them. The texts of the editor
   never reached the portal: no time is over for them, they wait for their writer, who is shown them or sends them. */
function forget() {
  ours().forEach((key) => {
    try {
      if (Date.now() - JSON.parse(localStorage.getItem(key)).at < FORTNIGHT) return;
    } catch {
      /* Not one of ours any more. */
    }
    localStorage.removeItem(key);
  });
}

forget();
document.querySelectorAll("form").forEach((form) => draftOf(form) && offer(form));
document.addEventListener("input", (event) => {
  const form = drafted(event.target);
  if (form && texts(form).includes(event.target)) keep(form);
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = drafted(event.detail.elt);
  /* A field that saves itself sends only its own text: the others are still nowhere but here. */
  if (form && form === event.detail.elt && event.detail.successful) localStorage.removeItem(draftOf(form).key);
});
/* Whoever signs out leaves no draft of a closed session behind on a shared computer. */
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-signs-out]")) return;
  ours().forEach((key) => localStorage.removeItem(key));
});

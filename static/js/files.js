/* A file that is too large is named before minutes are spent on sending it; the server says the same. */
"use strict";

const MEGABYTE = 1024 * 1024;

function tooLarge(input) {
  const limit = Number(input.dataset.largest);
  const file = [...input.files].find((one) => one.size > limit);
  if (!file) return "";
  const words = input.form.querySelector("[data-too-large]").dataset.tooLarge;
  const size = (file.size / MEGABYTE).toFixed(1);
  return words.replace("{name}", file.name).replace("{size}", size).replace("{limit}", String(limit / MEGABYTE));
}

document.querySelectorAll("form[data-files]").forEach((form) => {
  const input = form.querySelector("input[type=file][data-largest]");
  const place = form.querySelector("[data-too-large]");
  const look = () => {
    const sentence = tooLarge(input);
    place.textContent = sentence;
    place.hidden = !sentence;
    input.classList.toggle("is-invalid", Boolean(sentence));
    return sentence;
  };
  input.addEventListener("change", look);
  form.addEventListener("submit", (event) => {
    if (!look()) return;
    event.preventDefault();
    input.focus();
  });
});

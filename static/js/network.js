/* Says in the messages' place that a request of htmx did not arrive or was refused, and shows by .save whether
   what is typed has been saved. All words stand in the page. */
"use strict";

function say(kind) {
  const place = document.getElementById("pesan");
  if (!place) return;
  const notice = document.createElement("div");
  notice.className = "notice notice-miss";
  const line = document.createElement("p");
  line.textContent = place.dataset[kind];
  notice.append(line);
  place.replaceChildren(notice);
}

/* A form or field with data-saves: the save line is busy while its request runs and says so when it failed. What is
   only asked for saves nothing. */
function show(event, state) {
  if (event.detail.requestConfig.verb === "get" || !event.detail.elt.closest("[data-saves]")) return;
  document.querySelectorAll(".save").forEach((line) => {
    line.classList.toggle("save-busy", state === "busy");
    line.classList.toggle("save-off", state === "off");
    if (state === "off" && line.dataset.off) line.textContent = line.dataset.off;
  });
}

document.addEventListener("htmx:beforeRequest", (event) => show(event, "busy"));
document.addEventListener("htmx:afterRequest", (event) => show(event, event.detail.successful ? "saved" : "off"));
document.addEventListener("htmx:sendError", () => say("offline"));
document.addEventListener("htmx:timeout", () => say("offline"));
document.addEventListener("htmx:responseError", (event) => {
  say(event.detail.xhr.status === 403 ? "forbidden" : "failed");
});

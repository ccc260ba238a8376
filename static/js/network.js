/* Says in the messages' place that a request of htmx did not arrive or was refused. The words stand in the page. */
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

document.addEventListener("htmx:sendError", () => say("offline"));
document.addEventListener("htmx:timeout", () => say("offline"));
document.addEventListener("htmx:responseError", (event) => {
  say(event.detail.xhr.status === 403 ? "forbidden" : "failed");
});

/* The room: the votes are shown for a majority only; the status of saving follows the requests. */
(function () {
  "use strict";
  function showVotes() {
    var votes = document.getElementById("suara");
    var chosen = document.querySelector("[data-manner]:checked");
    if (votes) { votes.hidden = !chosen || chosen.value !== "vote"; }
  }
  document.addEventListener("change", function (event) {
    if (event.target.matches("[data-manner]")) { showVotes(); }
  });
  document.addEventListener("DOMContentLoaded", showVotes);
  showVotes();

  function say(words, kind) {
    var place = document.getElementById("simpan");
    if (!place) { return; }
    place.className = "save " + kind;
    place.textContent = place.dataset[words] || place.textContent;
  }
  document.addEventListener("input", function (event) {
    if (event.target.matches("textarea[hx-post]")) { say("busy", "save-busy"); }
  });
  document.addEventListener("htmx:sendError", function () { say("off", "save-off"); });
})();

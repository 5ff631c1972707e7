// <script async src="https://desk.example.com/widget.js" data-workspace="KEY" data-bot="KEY"></script>
// Also: data-language="ar" · data-side="left" · data-scheme="light" or "dark". Any element with the attribute
// data-frontdesk-open opens the chat on a click. docs/web-chat.md tells the rest.
(() => {
  "use strict";
  const script = document.currentScript;
  const complain = (what) => console.warn("Frontdesk chat:", what);
  if (!script || !script.dataset.workspace || !script.dataset.bot) {
    complain("the script tag needs data-workspace and data-bot");
    return;
  }
  import(new URL("widget/embed.js", script.src).href)
    .then((embed) => embed.start({ base: new URL(".", script.src).href, ...script.dataset }))
    .catch((error) => complain(`${error.message}. Is this page on the list of the business (web_chat.origins)?`));
})();

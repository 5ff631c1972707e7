// What stands beside the talk: what the customer has told so far, and what the business offers, where and when.
import { fill, h, icon, outside } from "./dom.js";

const MANY = 8;

export class Panel {
  // at: {say, language, talk, view, ask(text), close()}
  constructor(root, at) {
    Object.assign(this, { root, ...at });
  }

  async refresh() {
    try {
      const query = new URLSearchParams({ workspaceId: this.talk.workspace, botId: this.talk.bot, language: this.language });
      this.show(await this.talk.call("GET", `api/widget/context?${query}`));
    } catch {
      if (!this.root.firstChild) this.root.append(this.bar(), h("p.none", { role: "status" }, this.say.cannot));
    }
  }

  bar() {
    return h("div.bar", {}, h("h2", {}, this.say.details), h("button.tool.close", { type: "button", "aria-label": this.say.close_details, onclick: this.close }, icon("close")));
  }

  show({ lead, services, places, contact }) {
    const { say } = this;
    const open = new Set([...this.root.querySelectorAll("details[open]")].map((one) => one.dataset.key));
    const wanted = this.root.querySelector("input")?.value || "";
    const stands = (key) => open.has(key) || !open.size;
    const part = (key, title, ...inside) => h("details.part", { "data-key": key, open: stands(key) }, h("summary", {}, title), ...inside);
    const told = Object.entries(lead || {}).filter(([, value]) => value);
    this.root.replaceChildren(
      this.bar(),
      part("lead", say.your_details, told.length
        ? h("dl", {}, told.map(([key, value]) => h("div", {}, h("dt", {}, say[`lead_${key}`]), h("dd", {}, h("bdi", {}, value)))))
        : h("p.none", {}, say.nothing_yet)),
      services.length > 0 && part("services", say.services, ...this.services(services, wanted)),
      places.length > 0 && part("places", say.places, places.map((place) => this.place(place))),
      part("contact", say.contact, this.view.contact(contact) || h("p.none", {}, say.chat_only)),
      this.view.stars(),
    );
  }

  services(services, wanted) {
    const { say } = this;
    const rows = services.map((service) => {
      const about = [service.minutes && fill(say.minutes, { minutes: service.minutes }), service.price].filter(Boolean);
      const ask = () => this.ask(fill(say.ask_for, { service: service.name }));
      return h("button.item", { type: "button", title: service.description || null, onclick: ask }, h("span", { dir: "auto" }, service.name), h("small", {}, about.join(" · ")));
    });
    const search = h("input.search", { type: "search", placeholder: say.search, "aria-label": say.search, hidden: rows.length <= MANY });
    const filter = () => rows.forEach((row) => (row.hidden = !row.textContent.toLowerCase().includes(search.value.trim().toLowerCase())));
    search.value = wanted;
    search.addEventListener("input", filter);
    filter();
    return [search, h("div.items", {}, rows)];
  }

  place({ name, address, phone, hours, map }) {
    return h("div.place", {},
      h("h3", { dir: "auto" }, name),
      address && h("p", { dir: "auto" }, map ? outside(map, address) : address),
      phone && h("p", {}, h("a", { href: `tel:${phone}`, dir: "ltr" }, phone)),
      hours.length > 0 && h("dl.hours", {}, hours.map(({ days, times }) => h("div", {}, h("dt", {}, days), h("dd", {}, times)))));
  }
}

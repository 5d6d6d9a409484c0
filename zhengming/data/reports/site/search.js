// Searches the exported site in the browser. It works from a folder, where fetch() is forbidden: each category's terms
// are a script that calls zhengming.load. Text of the dictionary only ever becomes text nodes.
"use strict";

const zhengming = {
  SHOWN: 100,
  sources: [],

  // What identifies a term, as zhengming.dictionary.folding.key has it: folded letters and digits.
  key(text) {
    const numerals = { viii: "8", vii: "7", iii: "3", iv: "4", vi: "6", ix: "9", ii: "2", i: "1" };
    const folded = Array.from(text, (one) => {
      if (/\s/.test(one)) return " ";
      if (zhengmingFolding[one]) return zhengmingFolding[one];
      return Array.from(one.normalize("NFKC").toUpperCase().toLowerCase(), (plain) => zhengmingFolding[plain] ?? plain).join("");
    }).join("").replace(/[\p{Cc}\p{Cf}\p{Mn}\p{Me}]/gu, "")
      .replace(
        /(?<![a-z0-9])(?:(?:viii|vii|iii|iv|vi|ix|ii|i)(?![a-z0-9])|(?:iii|ii|i)(?=[a-d]型)|iv(?=[abd]型)|(?:iii|ii)(?=[a-d](?![a-z0-9])))/g,
        (numeral) => numerals[numeral],
      )
      .replace(/(?<=[a-z])['\u2019]s(?=[\u4e00-\u9fff])/g, "");
    return folded.replace(/[^\p{L}\p{N}]+/gu, "") || folded.replace(/ /g, "");
  },

  // The terms of one category: concepts are [code, name, English name, page, retired], terms [concept, text, key].
  load(name, data) {
    const source = this.sources.find((one) => one.name === name);
    source.data = data;
    for (const term of data.terms) term[2] ??= term[1].toLowerCase();
    this.show();
  },

  // How well a key has the words: 0 equal, 1 begins with them, 2 has them all, 3 not.
  fit(key, words) {
    if (words.length === 1) {
      const at = key.indexOf(words[0]);
      return at < 0 ? 3 : at > 0 ? 2 : key.length === words[0].length ? 0 : 1;
    }
    if (!words.every((word) => key.includes(word))) return 3;
    const whole = words.join("");
    return key === whole ? 0 : key.startsWith(whole) ? 1 : 2;
  },

  // The concepts that a query finds, each with the term that fits best, the best first.
  find(query) {
    const words = query.split(/\s+/).map((word) => this.key(word)).filter(Boolean);
    const found = [];
    if (!words.length) return found;
    for (const source of this.sources.filter((one) => one.data)) {
      const best = new Map();
      for (const [index, text, key] of source.data.terms) {
        const fit = this.fit(key, words);
        if (fit === 3) continue;
        const rank = fit * 10000 + Math.min(key.length, 9999);
        if (!best.has(index) || rank < best.get(index).rank) best.set(index, { rank, text });
      }
      for (const [index, { rank, text }] of best) found.push({ rank, text, source, concept: source.data.concepts[index] });
    }
    return found.sort((left, right) => (left.concept[4] - right.concept[4]) || (left.rank - right.rank));
  },

  show() {
    const form = document.getElementById("search");
    const query = form.elements.q.value.trim();
    const found = this.find(query);
    const shown = found.slice(0, this.SHOWN);
    const waiting = this.sources.some((one) => !one.data);
    document.getElementById("results").replaceChildren(...shown.map((one) => this.item(one, form.dataset.retired)));
    document.getElementById("contents").hidden = query !== "";
    const told = !found.length ? (waiting ? "…" : form.dataset.none) : found.length > shown.length ? form.dataset.more : form.dataset.hits;
    document.getElementById("hits").textContent = query === "" ? "" : told.replace("{count}", found.length).replace("{shown}", shown.length);
  },

  item({ text, source, concept: [code, name, english, page, retired] }, word) {
    const make = (tag, content, style) => Object.assign(document.createElement(tag), { textContent: content, className: style });
    const link = make("a", name, "");
    link.href = `${source.base}concepts-${page}.html#${encodeURIComponent(code)}`;
    const item = make("li", "", "");
    item.append(link, " ", make("span", code, "code"));
    if (source.base) item.append(" ", make("span", source.title, "count"));
    if (retired) item.append(" ", make("span", word, "tag"));
    item.append(make("span", [text === name ? "" : text, english === text ? "" : english].filter(Boolean).join(" · "), "found"));
    return item;
  },

  // Load the terms when somebody first searches, not before: a large category has megabytes of them.
  prepare() {
    for (const source of this.sources.filter((one) => !one.asked)) {
      source.asked = true;
      document.head.append(Object.assign(document.createElement("script"), { src: `${source.base}terms.js` }));
    }
  },

  start() {
    const form = document.getElementById("search");
    this.sources = JSON.parse(form.dataset.sources);
    form.elements.q.addEventListener("focus", () => this.prepare());
    form.elements.q.addEventListener("input", () => { this.prepare(); this.show(); });
    form.elements.q.value = new URLSearchParams(location.search).get("q") ?? "";
    if (form.elements.q.value) { this.prepare(); this.show(); }
  },
};

if (document.getElementById("search")) zhengming.start();

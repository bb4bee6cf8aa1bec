"use strict";
(() => {
  const root = document.documentElement;
  const panel = document.getElementById("panel");
  const panelBody = document.getElementById("panel-body");
  const options = JSON.parse(document.getElementById("charts").textContent);
  const drawn = new Map();
  const list = (selector, within = document) => [...within.querySelectorAll(selector)];
  const language = () => (root.lang.startsWith("zh") ? "zh" : "en");
  const make = (tag, name, text) => {
    const element = document.createElement(tag);
    if (name) element.className = name;
    if (text !== undefined) element.textContent = text;
    return element;
  };

  // Sources: the numbered list at the foot of the page is the one place where they are written.
  const sourceByKey = new Map(list(".sources li").map((item) => [item.dataset.key, item]));
  const sourceItem = (item) => {
    const copy = make("div");
    copy.append(...[...item.childNodes].map((node) => node.cloneNode(true)));
    return copy;
  };
  const sourceLine = (key) => {
    const item = sourceByKey.get(key);
    if (!item) return key;
    const said = list(":scope > .publisher, :scope > cite, :scope > .vintage", item);
    const shown = (node) =>
      [...node.childNodes]
        .filter((child) => !child.lang || child.lang.startsWith(language()))
        .map((child) => child.textContent)
        .join("");
    return said.map(shown).join(" · ");
  };

  // The source panel: opened by pointing, touching, or focus; a click keeps it; Escape closes it.
  let opener = null;
  let pinned = false;
  const closePanel = () => {
    if (opener) opener.classList.remove("open");
    if (opener) opener.removeAttribute("aria-describedby");
    opener = null;
    pinned = false;
    panel.hidden = true;
  };
  const placePanel = (box) => {
    panel.hidden = false;
    const margin = 8;
    const { width, height } = panel.getBoundingClientRect();
    const left = Math.min(Math.max(margin, box.left), root.clientWidth - width - margin);
    const below = box.bottom + 6;
    const top = below + height + margin > window.innerHeight ? Math.max(margin, box.top - height - 6) : below;
    panel.style.left = `${left}px`;
    panel.style.top = `${top}px`;
  };
  const fillPanel = (items, notes) => {
    const lines = notes.filter(Boolean).map((note) => make("div", "", note));
    panelBody.replaceChildren(...lines, ...items.map(sourceItem));
  };
  const openFor = (link) => {
    if (link === opener) return;
    closePanel();
    const numbers = (link.dataset.s || "").split(" ").filter(Boolean);
    const items = numbers.map((number) => document.getElementById(`source-${number}`));
    fillPanel(items, [language() === "zh" ? link.dataset.nz : link.dataset.ne, link.dataset.p]);
    opener = link;
    link.classList.add("open");
    link.setAttribute("aria-describedby", "panel");
    placePanel(link.getBoundingClientRect());
  };
  document.addEventListener("mouseover", (event) => {
    const link = event.target.closest(".v");
    if (link && !pinned) openFor(link);
    else if (!pinned && opener && !event.target.closest("#panel") && opener !== document.activeElement) closePanel();
  });
  document.addEventListener("focusin", (event) => {
    if (event.target.matches(".v")) openFor(event.target);
    else if (!event.target.closest("#panel")) closePanel();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".v");
    if (link) {
      event.preventDefault();
      openFor(link);
      pinned = true;
    } else if (!event.target.closest("#panel, .plot")) closePanel();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closePanel();
    else if (event.target.matches(".v")) walkCells(event);
  });
  const followOpener = () => {
    const box = opener && (pinned || opener === document.activeElement) ? opener.getBoundingClientRect() : null;
    if (box && box.bottom > 0 && box.top < window.innerHeight) placePanel(box);
    else closePanel();
  };
  window.addEventListener("scroll", (event) => event.target === panel || followOpener(), { passive: true, capture: true });

  // One tab stop a table; the arrow keys go on from there.
  const stops = (table) => {
    const links = list(".v", table);
    links.forEach((link, index) => (link.tabIndex = index === 0 ? 0 : -1));
  };
  const walkCells = (event) => {
    const cell = event.target.closest("td, th");
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!step) return;
    event.preventDefault();
    const rows = list("tbody tr:not([hidden])", cell.closest("table"));
    let row = rows.indexOf(cell.parentElement);
    let column = cell.cellIndex;
    let next = null;
    while (!next) {
      row += step[0];
      column += step[1];
      if (!rows[row] || !rows[row].cells[column]) return;
      next = rows[row].cells[column].querySelector(".v");
    }
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  };

  // Tables: sort by a heading (what is missing goes last either way), filter the long ones.
  const shownText = (cell) => {
    const worded = cell.querySelector(`.v > [lang^="${language()}"], .tone > [lang^="${language()}"], :scope > [lang^="${language()}"]`);
    return (worded || cell).textContent.trim();
  };
  const sortBy = (heading) => {
    const table = heading.closest("table");
    const column = heading.cellIndex;
    const up = heading.getAttribute("aria-sort") !== "ascending";
    list("th[aria-sort]", table).forEach((other) => other.removeAttribute("aria-sort"));
    heading.setAttribute("aria-sort", up ? "ascending" : "descending");
    const collator = new Intl.Collator(root.lang, { numeric: true });
    const missing = (cell) => Boolean(cell.querySelector(".gap"));
    const compare = (a, b) => {
      const [x, y] = [a.cells[column], b.cells[column]];
      if (missing(x) || missing(y)) return missing(x) - missing(y);
      const order = x.dataset.v && y.dataset.v ? x.dataset.v - y.dataset.v : collator.compare(shownText(x), shownText(y));
      return up ? order : -order;
    };
    table.tBodies[0].append(...list("tbody tr", table).sort(compare));
    stops(table);
  };
  list("th .sort").forEach((button) => button.addEventListener("click", () => sortBy(button.closest("th"))));
  list(".filter").forEach((label) => {
    const rows = list("tbody tr", label.nextElementSibling);
    const output = label.querySelector("output");
    label.hidden = false;
    label.querySelector("input").addEventListener("input", (event) => {
      const wanted = event.target.value.trim().toLowerCase();
      rows.forEach((row) => (row.hidden = !row.textContent.toLowerCase().includes(wanted)));
      output.textContent = `${rows.filter((row) => !row.hidden).length} / ${rows.length}`;
    });
  });
  list("table").forEach(stops);

  // Charts: colours come from the page's theme, words on hover from each item's tip.
  const colours = getComputedStyle(root);
  const painted = (value) => {
    if (typeof value === "string") return value[0] === "@" ? colours.getPropertyValue(`--${value.slice(1)}`) || value : value;
    if (Array.isArray(value)) return value.map(painted);
    if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, painted(v)]));
    return value;
  };
  const hint = (params) => {
    const tips = [params].flat().filter((one) => one.data && one.data.tip).map((one) => one.data.tip);
    const box = make("div", "hint");
    tips.forEach((tip) => {
      const part = make("section");
      part.append(make("b", "", tip.head), ...tip.lines.map((line) => make("div", "", line)));
      box.append(part);
    });
    const keys = [...new Set(tips.flatMap((tip) => tip.sources))];
    box.append(...keys.map((key) => make("div", "from", sourceLine(key))));
    return tips.length ? box : "";
  };
  const line = (p, q, stroke) => ({ type: "line", shape: { x1: p[0], y1: p[1], x2: q[0], y2: q[1] }, style: { stroke, lineWidth: 1.2 } });
  const beside = ({ count, index, horizontal, widest }, api) => {
    const slot = api.barLayout({ count, barMaxWidth: widest })[index];
    const point = (value, at) => {
      const [x, y] = horizontal ? api.coord([value, at]) : api.coord([at, value]);
      return horizontal ? [x, y + slot.offsetCenter] : [x + slot.offsetCenter, y];
    };
    return { slot, point };
  };
  const whisker = ({ slot: where }) => (params, api) => {
    const { slot, point } = beside(where, api);
    const [low, at, high] = (where.horizontal ? [0, 1, 2] : [1, 0, 2]).map((dimension) => api.value(dimension));
    const half = Math.min(5, slot.width / 3);
    const [dx, dy] = where.horizontal ? [0, half] : [half, 0];
    const [a, b] = [point(low, at), point(high, at)];
    const ends = [a, b].map(([x, y]) => line([x - dx, y - dy], [x + dx, y + dy], api.visual("color")));
    return { type: "group", children: [line(a, b, api.visual("color")), ...ends] };
  };
  const gap = ({ slot: where, word }) => (params, api) => {
    const { point } = beside(where, api);
    const [x, y] = point(0, api.value(where.horizontal ? 1 : 0));
    const placed = where.horizontal ? { x: x + 4, y, verticalAlign: "middle" } : { x, y: y - 3, align: "center", verticalAlign: "bottom" };
    const style = { text: word, fill: api.visual("color"), fontSize: 10, fontFamily: "Hetao Sans SC, sans-serif", ...placed };
    return { type: "text", style };
  };
  const painters = { whisker, gap };
  const ready = (option) => {
    const result = painted(option);
    const main = result.baseOption || result;
    main.tooltip.formatter = hint;
    main.series.filter((one) => one.renderItem).forEach((one) => (one.renderItem = painters[one.renderItem](one)));
    return result;
  };
  const draw = (place) => {
    if (!place.clientWidth) return;
    let chart = drawn.get(place);
    if (!chart) {
      chart = echarts.init(place, null, { renderer: "svg" });
      drawn.set(place, chart);
      chart.on("click", (event) => {
        if (!event.data || !event.data.tip) return;
        const { head, lines, sources } = event.data.tip;
        closePanel();
        fillPanel(sources.map((key) => sourceByKey.get(key)).filter(Boolean), [head, ...lines]);
        const { left, top } = place.getBoundingClientRect();
        const [x, y] = [left + event.event.offsetX, top + event.event.offsetY];
        placePanel({ left: x, top: y, bottom: y });
        pinned = true;
      });
    }
    chart.setOption(ready(options[place.id][language()]), true);
  };
  const drawAll = () => list(".plot").forEach(draw);
  const resized = new ResizeObserver((entries) => entries.forEach(({ target }) => drawn.get(target)?.resize()));
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  window.matchMedia("print").addEventListener("change", drawAll);

  // The address remembers the language and the place: #lang=en&at=sources. A plain #sources works as well.
  const remember = (at) => location.replace(`#lang=${language()}${at ? `&at=${at}` : ""}`);
  const parts = () => new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");
  const speak = (wanted) => {
    root.lang = wanted === "zh" ? "zh-CN" : "en";
    document.title = wanted === "zh" ? document.body.dataset.titleZh : document.body.dataset.titleEn;
    closePanel();
  };
  const go = (at) => {
    const target = document.getElementById(at);
    if (target) target.scrollIntoView();
  };
  const button = document.getElementById("language");
  button.hidden = false;
  button.addEventListener("click", () => {
    speak(language() === "zh" ? "en" : "zh");
    remember(parts().get("at"));
    drawAll();
  });
  list('nav a, .more a, .skip').forEach((link) =>
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const at = link.getAttribute("href").slice(1);
      remember(at);
      go(at);
    }),
  );

  // The contents show where the reader is.
  const entries = list("nav > ol > li");
  const sections = entries.map((entry) => document.getElementById(entry.querySelector("a").getAttribute("href").slice(1)));
  const follow = () => {
    const passed = sections.filter((section) => section.getBoundingClientRect().top < window.innerHeight / 3);
    const current = Math.max(0, passed.length - 1);
    entries.forEach((entry, index) => entry.classList.toggle("current", index === current));
  };
  window.addEventListener("scroll", follow, { passive: true });

  const wanted = parts().get("lang");
  if (wanted === "zh" || wanted === "en") speak(wanted);
  follow();
  document.fonts.load('14px "Hetao Sans SC"').finally(() => {
    drawAll();
    drawn.forEach((chart, place) => resized.observe(place));
    list("details").forEach((one) => one.addEventListener("toggle", () => list(".plot", one).forEach(draw)));
    if (parts().get("at")) go(parts().get("at"));
    root.dataset.ready = "1";
  });
})();

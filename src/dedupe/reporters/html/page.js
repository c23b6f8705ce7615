// What the page does beyond showing: languages, filters, permalinks, copying.

const byId = (id) => document.getElementById(id);
const root = document.documentElement;
const findings = Array.from(document.querySelectorAll("article.finding"));
const chunks = Array.from(document.querySelectorAll(".chunk"));
let language = root.lang;

// ---- languages

function said(key, values = {}) {
  let text = DATA.phrases[language].said[key];
  for (const [name, value] of Object.entries(values)) text = text.replace(`{${name}}`, number(value));
  return text;
}

function counted(key, count) {
  const forms = DATA.phrases[language].counted[key];
  const form = forms[new Intl.PluralRules(language).select(count)] ?? forms.other;
  return form.replace("{n}", number(count));
}

function number(value) {
  return Number(value).toLocaleString("en-US");
}

function speak(wanted) {
  language = wanted;
  root.lang = language;
  root.dir = DATA.phrases[language].direction;
  for (const element of document.querySelectorAll("[data-t]")) {
    const { t, n, of } = element.dataset;
    element.textContent = n === undefined ? said(t) : said(t, { n, of });
  }
  for (const element of document.querySelectorAll("[data-c]")) {
    element.textContent = counted(element.dataset.c, Number(element.dataset.n));
  }
  for (const element of document.querySelectorAll("[data-t-label]")) {
    element.setAttribute("aria-label", said(element.dataset.tLabel));
  }
  for (const element of document.querySelectorAll("[data-t-placeholder]")) {
    element.placeholder = said(element.dataset.tPlaceholder);
  }
  document.title = said("title");
  nameSwitch();
  if (byId("filters")) tellShown();
}

function nameSwitch() {
  const button = byId("language");
  const other = language === "ar" ? "en" : "ar";
  button.lang = other;
  button.textContent = said("language");
}

// ---- filters

const texts = []; // folded, one an article; made when first asked for

function textOf(row) {
  texts[row] ??= fold(
    Array.from(findings[row].querySelectorAll(".cell, .title"), (part) => part.textContent).join("\n"),
  );
  return texts[row];
}

// Fold while nothing else is to be done, from the moment that someone goes to the search.
function foldAhead(row = 0) {
  if (!self.requestIdleCallback || row >= findings.length) return;
  requestIdleCallback((idle) => {
    let next = row;
    while (next < findings.length && idle.timeRemaining() > 1) textOf(next++);
    foldAhead(next);
  });
}

let names = null;
let whole = null;

function named() {
  names ??= findings.map((article) =>
    Array.from(article.querySelectorAll(".name, .title"), (part) => part.textContent.toLowerCase()),
  );
  whole ??= new Set(names.flat());
  return names;
}

// A whole name stands for itself alone, a part of one for all that have it.
function hasName(row, name) {
  const own = named()[row];
  return whole.has(name) ? own.includes(name) : own.some((one) => one.includes(name));
}

function value(id) {
  return byId(id)?.value.trim() ?? "";
}

function wantedFindings() {
  const words = fold(value("q"));
  const name = value("q-document").toLowerCase();
  const relation = value("q-relation");
  const rule = value("q-rule");
  const state = value("q-state");
  const least = Number(value("q-words")) || 0;
  return findings.map((article, row) => {
    const own = article.dataset;
    return (
      (!relation || own.relation === relation) &&
      (!rule || own.rule === rule) &&
      (!state || own.state === state) &&
      Number(own.words) >= least &&
      (!name || hasName(row, name)) &&
      (!words || textOf(row).includes(words))
    );
  });
}

function filter() {
  wantedFindings().forEach((wanted, row) => {
    if (findings[row].hidden === wanted) findings[row].hidden = !wanted;
  });
  for (const chunk of chunks) chunk.hidden = !chunk.querySelector("article:not([hidden])");
  tellShown();
}

function tellShown() {
  const shown = findings.filter((article) => !article.hidden).length;
  byId("shown").textContent = said("shown", { n: shown, of: findings.length });
  byId("none").hidden = shown > 0;
}

let waiting = 0;

function filterSoon() {
  clearTimeout(waiting);
  waiting = setTimeout(filter, findings.length > 500 ? 250 : 80);
}

function clearFilters() {
  byId("filters").reset();
  filter();
}

// ---- permalinks

function follow() {
  const article = byId(decodeURIComponent(location.hash.slice(1)));
  if (!article?.matches("article.finding")) return;
  if (article.hidden) clearFilters();
  article.querySelector("details").open = true;
  for (const other of document.querySelectorAll(".finding.target")) other.classList.remove("target");
  article.classList.add("target");
  article.querySelector("summary").focus({ preventScroll: true });
  article.scrollIntoView();
  // What comes into view is only now laid out, and may be of another height.
  requestAnimationFrame(() => requestAnimationFrame(() => article.scrollIntoView()));
}

// ---- copying

async function copy(button) {
  const text = button.parentElement.querySelector("code").textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button.focus();
  }
  const label = button.querySelector("[data-t]");
  label.dataset.t = "copied";
  label.textContent = said("copied");
  byId("said").textContent = said("copied");
  setTimeout(() => {
    label.dataset.t = "copy";
    label.textContent = said("copy");
    byId("said").textContent = "";
  }, 2000);
}

// ---- the page comes to life

document.addEventListener("click", (event) => {
  const button = event.target.closest(".copy");
  if (button) copy(button);
  const link = event.target.closest("a[data-document], a[data-relation]");
  if (link && byId("filters")) {
    event.preventDefault();
    clearFilters();
    byId("q-document").value = link.dataset.document ?? "";
    byId("q-relation").value = link.dataset.relation ?? "";
    filter();
    byId("findings").scrollIntoView();
    byId("findings").focus({ preventScroll: true });
  }
});

for (const button of document.querySelectorAll(".copy, #language")) button.hidden = false;
nameSwitch();
byId("language").addEventListener("click", () => speak(language === "ar" ? "en" : "ar"));

if (byId("filters")) {
  const form = byId("filters");
  form.hidden = false;
  form.addEventListener("input", filterSoon);
  byId("q").addEventListener("focus", () => foldAhead(), { once: true });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  const openAll = (open) => {
    for (const article of findings) {
      if (!article.hidden) article.querySelector("details").open = open;
    }
  };
  byId("open-all").addEventListener("click", () => openAll(true));
  byId("close-all").addEventListener("click", () => openAll(false));
  tellShown();
}

addEventListener("hashchange", follow);
if (location.hash) follow();

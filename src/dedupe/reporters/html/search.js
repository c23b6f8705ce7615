"use strict";

// Fold a text as dedupe.normalizer does, so that a search finds a word in any spelling.

const DATA = JSON.parse(document.getElementById("data").textContent);
const IMAGES = new Map(Object.entries(DATA.images));
const DROPPED = "\0";
const ENTITY = /&(?:#[0-9]{1,16}|#[xX][0-9a-fA-F]{1,16}|[A-Za-z][A-Za-z0-9]*);/g;
const MARKED_HAMZA = /(\P{M})\p{M}*?\u0654\p{M}*/gu;
const NUMBER_OR_SIGN = /[0-9]+(?:[.,'][0-9]+)*|[.,']/g;
const WORD = /[0-9]+(?:[.\0][0-9]+)*|[^0-9. \n\v]+/g;
const SERVANT = /^[وفبلك]?عبد$/;

function fold(text) {
  const rewritten = text
    .replace(ENTITY, decoded)
    .replace(MARKED_HAMZA, (_, base) => (DATA.carriers.includes(base) ? "ء" : base));
  let folded = "";
  for (const character of rewritten) folded += image(character);
  folded = withoutYehs(folded.replace(NUMBER_OR_SIGN, written));
  const words = (folded.match(WORD) || []).map((word) => word.replaceAll(DROPPED, ""));
  return joined(words).join(" ");
}

function image(character) {
  let known = IMAGES.get(character);
  if (known === undefined) {
    known = otherImage(character);
    IMAGES.set(character, known);
  }
  return known;
}

// What the table leaves out: letters of other scripts, and what it would be too long for.
function otherImage(character) {
  for (const plainer of [character.normalize("NFKC"), character.normalize("NFD"), character.toLowerCase()]) {
    if (plainer !== character && character > "\u2bff") return Array.from(plainer, image).join("");
  }
  if (/[\p{Mn}\p{Me}\p{Cf}]/u.test(character)) return "";
  return /[\p{L}\p{M}\p{N}]/u.test(character) ? character : " ";
}

function decoded(entity) {
  const page = new DOMParser().parseFromString(entity, "text/html");
  const text = page.body.textContent;
  if (text.length > 1 && text.endsWith(";")) return entity;
  return !text || /[\n\r\v\f\u0085\u2028\u2029]/.test(text) ? " " : text;
}

// Write 1,234.5 as 1234.5 and part what is no number.
function written(found) {
  const groups = found.split(/[.,']/);
  if (groups.includes("")) return " ";
  const signs = found.replace(/[0-9]/g, "");
  if (!signs) return found;
  const between = numberSigns(groups, signs);
  return groups.map((group, row) => group + (row in between ? between[row] || DROPPED : "")).join("");
}

function numberSigns(groups, signs) {
  const areThrees = (some) => some.every((group) => group.length === 3);
  const [first, ...others] = groups;
  const parts = Array(signs.length).fill(" ");
  const areThousands = first.length <= 3;
  if (signs.length === 1) {
    if (signs !== "." && areThousands && first !== "0" && areThrees(others)) return [""];
    return signs === "'" ? parts : ["."];
  }
  const inner = signs.slice(0, -1);
  const last = signs.at(-1);
  if (new Set(inner).size > 1 || !areThousands || !areThrees(others.slice(0, -1))) return parts;
  if (last === inner[0]) return areThrees(others.slice(-1)) ? Array(signs.length).fill("") : parts;
  return last === "'" ? parts : [...Array(inner.length).fill(""), "."];
}

// Drop the yehs among the yehs and hamzas that end a word with a hamza.
function withoutYehs(folded) {
  return folded.replace(/[يء]+/g, (found, place) => {
    const following = folded.charAt(place + found.length);
    if (!found.endsWith("ء") || /[^0-9. \n\v]/.test(following)) return found;
    return found.replaceAll("ي", DROPPED);
  });
}

function joined(words) {
  const [first, last] = DATA.letters;
  const waws = [];
  let open = false;
  for (const word of words) {
    if (open && word[0] >= first && word[0] <= last) waws[waws.length - 1] += word;
    else waws.push(word);
    open = word === "و";
  }
  const all = [];
  for (const word of waws) {
    if (word.startsWith("ال") && all.length && SERVANT.test(all.at(-1))) all[all.length - 1] += word;
    else all.push(word);
  }
  return all;
}

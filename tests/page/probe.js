// Measures the page that it stands in and leaves what it found in the page around it.
const root = document.documentElement;

function luminance([r, g, b]) {
  const linear = (c) => ((c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

function background(element) {
  for (let at = element; at; at = at.parentElement) {
    const colour = getComputedStyle(at).backgroundColor.match(/[\d.]+/g).map(Number);
    if (colour.length === 3 || colour[3] > 0) return colour;
  }
  return [255, 255, 255];
}

function faint() {
  const found = new Set();
  for (const element of document.body.querySelectorAll("*")) {
    const speaks = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!speaks || element.matches("script, style")) continue;
    const colours = [getComputedStyle(element).color.match(/[\d.]+/g).map(Number), background(element)];
    const [low, high] = colours.map(luminance).sort((a, b) => a - b);
    const contrast = (high + 0.05) / (low + 0.05);
    if (contrast < LEAST_CONTRAST) found.add(`${element.tagName}.${element.className} ${contrast.toFixed(2)}`);
  }
  return [...found].slice(0, 10);
}

function wide() {
  const sticksOut = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && (box.right > innerWidth + 1 || box.left < -1);
  };
  const clips = (element) => element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 1;
  const blocks = [...document.body.querySelectorAll("*")].filter((element) => !element.closest("svg, thead, script"));
  const isBlock = (element) => getComputedStyle(element).display !== "inline";
  return blocks
    .filter((element) => sticksOut(element) || (isBlock(element) && clips(element)))
    .map((element) => `${element.tagName}.${element.className}`)
    .slice(0, 10);
}

function filter() {
  const box = document.getElementById("words");
  if (!box) return null;
  const shown = (words) => {
    box.value = words;
    box.dispatchEvent(new Event("input"));
    return [...document.querySelectorAll("tbody tr")].filter((row) => row.offsetParent).length;
  };
  const first = document.querySelector("tbody th").textContent;
  return { one: shown(first.toUpperCase()), none: shown("no file has these words, zyzzyva"), all: shown("") };
}

const measured = {
  window: innerWidth,
  scheme: luminance(background(document.body)) < 0.2 ? "dark" : "light",
  content: root.scrollWidth,
  wide: wide(),
  faint: faint(),
  filter: filter(),
};
parent.document.getElementById("probes").append(JSON.stringify(measured) + "\n");

"use strict";
// Rows are queries, columns are keys. Layers, heads, rows and columns count from 0 here and from 1 on the page.

const values = JSON.parse(document.getElementById("values").textContent);
const KINDS = Object.keys(values.maps);
const MAPS = Object.fromEntries(KINDS.map((kind) => [kind, unpacked(values.maps[kind])]));
const TABLES = Object.fromEntries(Object.entries(values.colormaps).map(([name, text]) => [name, colors(text)]));
const ROWS = values.target.length;
const WHOLE = 65535; // a weight of 1 as it is stored
const HINT = "hover a cell for its weight";

// Sizes in CSS pixels; labels lean by LEAN, shrink to SMALLEST of their size before some are left out.
const LABEL = 11, LINE = 13.3, SMALL = 10.5, GAP = 6, LEAN = (56 * Math.PI) / 180, SMALLEST = 0.78;
const WIDEST_LABEL = 140, SMALLEST_CELL = 3, LARGEST_CELL = 30, HATCHED_CELL = 5, LINED_CELL = 9;
const BAR = 8, SHORTEST_BAR = 84, TICKS = [0, 0.25, 0.5, 0.75, 1];

const state = {
  colormap: "viridis", range: "unit", labels: "both", step: ROWS,
  heads: Object.fromEntries(KINDS.map((kind) => [kind, values.maps[kind].chosen])),
  cursor: Object.fromEntries(KINDS.map((kind) => [kind, { row: 0, column: 0 }])),
  mouse: null, // what the mouse is on: {source}, {target} or {kind, row, column}
  focus: null, // what the keyboard is on, likewise
};
const page = Object.fromEntries([...document.querySelectorAll("[id]")].map((element) => [element.id, element]));
const ruler = document.createElement("canvas").getContext("2d");
const widths = new Map();
let cards = {}, palette = {}, fonts = {};

// Numbers

function unpacked(map) {
  const [layers, heads, rows, columns] = map.shape;
  const [weights, masked, leaked] = [map.weights, map.masked, map.leaked].map((text) => text && bytes(text));
  return { ...map, layers, heads, rowCount: rows, columnCount: columns, weights, masked, leaked };
}

function bytes(text) {
  const raw = atob(text);
  const result = new Uint8Array(raw.length);
  for (let index = 0; index < raw.length; index += 1) result[index] = raw.charCodeAt(index);
  return result;
}

function colors(text) {
  return Array.from({ length: 256 }, (_, index) =>
    [0, 2, 4].map((at) => parseInt(text.slice(6 * index + at, 6 * index + at + 2), 16)));
}

function stored(map, layer, head, row, column) {
  const at = 2 * (((layer * map.heads + head) * map.rowCount + row) * map.columnCount + column);
  return map.weights[at] + 256 * map.weights[at + 1];
}

function bit(map, mask, row, column) {
  const at = row * map.columnCount + column;
  return mask !== null && ((mask[at >> 3] >> (7 - (at & 7))) & 1) === 1;
}

/** How much of a map there is at the current step. */
function shown(kind) {
  const map = MAPS[kind];
  if (kind === "encoder") return { rows: map.rowCount, columns: map.columnCount };
  return { rows: state.step, columns: kind === "decoder" ? state.step : map.columnCount };
}

/** The weight at the top of the colour bar. */
function highest(kind, layer, head) {
  if (state.range !== "maximum") return 1;
  const { rows, columns } = shown(kind);
  let high = 0;
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      high = Math.max(high, stored(MAPS[kind], layer, head, row, column));
    }
  }
  return high / WHOLE || 1;
}

/** Where a weight stands on the colour bar, from 0 to 1. */
function placed(weight, high) {
  const unit = Math.min(1, weight / high);
  return state.range === "square root" ? Math.sqrt(unit) : unit;
}

/** The largest weight of a block of cells; -1 where all are masked, null where there is no cell yet. */
function largest(kind, layer, head, top, bottom, left, right) {
  const map = MAPS[kind], size = shown(kind);
  let found = null;
  for (let row = top; row < Math.min(bottom, size.rows); row += 1) {
    for (let column = left; column < Math.min(right, size.columns); column += 1) {
      const weight = bit(map, map.masked, row, column) ? -1 : stored(map, layer, head, row, column);
      if (found === null || weight > found) found = weight;
    }
  }
  return found;
}

/**
 * Colours a head's weights into a canvas, one pixel a cell, or blocks of cells as one where there are too many.
 * Returns the weight at the top of the colour bar.
 */
function colorIn(canvas, kind, layer, head, height, width) {
  const map = MAPS[kind], high = highest(kind, layer, head), table = TABLES[state.colormap];
  if (map.rowCount === 0) return high;
  const ends = (index, count, size) => {
    const start = Math.floor((index * count) / size);
    return [start, Math.max(start + 1, Math.floor(((index + 1) * count) / size))];
  };
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d"), image = context.createImageData(width, height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const block = [...ends(y, map.rowCount, height), ...ends(x, map.columnCount, width)];
      const weight = largest(kind, layer, head, ...block);
      if (weight === null) continue;
      const color = weight < 0 ? palette.maskColor : table[Math.round(255 * placed(weight / WHOLE, high))];
      image.data.set([...color, 255], 4 * (y * width + x));
    }
  }
  context.putImageData(image, 0, 0);
  return high;
}

// What lights up

/** The rows and columns of each map, and the chips, that belong to what the mouse or the keyboard is on. */
function highlight(on) {
  if (!on) return lit([], []);
  if ("source" in on) return lit([on.source], []);
  if ("target" in on) return lit([], [on.target]);
  const { kind, row, column } = on;
  const result = kind === "encoder" ? lit([row, column], [])
    : kind === "cross" ? lit([column], [row]) : lit([], [row, column - 1]);
  result[kind] = { rows: [row], columns: [column] };
  return result;
}

/** A target token lights the row that predicts it and the decoder column where it is read; -1 is the start token. */
function lit(source, target) {
  const predicting = target.filter((index) => index >= 0);
  return {
    source, target,
    encoder: { rows: source, columns: source },
    decoder: { rows: predicting, columns: target.map((index) => index + 1) },
    cross: { rows: predicting, columns: source },
  };
}

// Words

function rowAxis(kind) {
  return MAPS[kind].rows[state.labels];
}

function weightText(weight) {
  return weight < 0.00005 ? "<0.0001" : weight.toFixed(4);
}

/** The number of a tick, as short as it can be told. */
function numberText(value) {
  return value >= 0.1 || value === 0 ? String(Number(value.toFixed(2))) : String(Number(value.toPrecision(1)));
}

function bold(text) {
  const element = document.createElement("b");
  element.textContent = text;
  return element;
}

/** The sentence about one cell, as nodes. */
function readout(kind, row, column) {
  const map = MAPS[kind], [layer, head] = state.heads[kind];
  const query = bold(rowAxis(kind).labels[row]), key = bold(map.columns.labels[column]);
  const where = `layer ${layer + 1} head ${head + 1} · `;
  if (bit(map, map.masked, row, column)) return [where, query, " may not look at ", key, ": masked"];
  const verb = bit(map, map.leaked, row, column) ? " looks ahead at " : " attends to ";
  return [where, query, verb, key, `: ${weightText(stored(map, layer, head, row, column) / WHOLE)}`];
}

function sourceText(index) {
  const token = values.source[index];
  const where = token.span ? ` · characters ${token.span[0] + 1}–${token.span[1]}` : "";
  const hidden = token.hidden ? " · hidden: nothing may look at it" : "";
  return `source token ${index + 1} · ${token.piece}${where}${hidden}`;
}

function targetText(index) {
  const token = values.target[index];
  const probability = weightText(token.probability);
  return `target token ${index + 1} · ${token.piece} · probability ${probability} · rank ${token.rank} · ${token.how}`;
}

function stepText() {
  const end = { eos: " · ended", limit: " · limit reached" }[values.ended] ?? "";
  return `step ${state.step} of ${ROWS}${state.step === ROWS ? end : ""}`;
}

// The large map

function measured(text, font) {
  const key = `${font} ${text}`;
  if (!widths.has(key)) {
    ruler.font = font;
    widths.set(key, ruler.measureText(text).width);
  }
  return widths.get(key);
}

/** A label, shortened in the middle where it is too wide. */
function elided(text) {
  const letters = [...text];
  let kept = letters.length, result = text;
  while (kept > 1 && measured(result, fonts.label) > WIDEST_LABEL) {
    kept -= 1;
    result = [...letters.slice(0, Math.ceil(kept / 2)), "…", ...letters.slice(letters.length - (kept >> 1))].join("");
  }
  return result;
}

function widest(labels) {
  return Math.max(0, ...labels.map((label) => measured(elided(label), fonts.label)));
}

/** Room above the cells, the same in all cards so that the maps begin on one line. */
function headroom() {
  const label = Math.max(...KINDS.map((kind) => widest(MAPS[kind].columns.labels)));
  return Math.ceil(1.4 * SMALL + label * Math.sin(LEAN) + LINE * Math.cos(LEAN) + GAP);
}

/** How far the leaning labels reach beyond the last column. */
function overhang(labels, side) {
  const beyond = labels.map((label, index) =>
    measured(elided(label), fonts.label) * Math.cos(LEAN) + (LINE / 2) * Math.sin(LEAN)
    - (labels.length - index - 0.5) * side);
  return Math.max(0, ...beyond);
}

/** Where everything stands in a card with so much room: square cells of whole device pixels. */
function layout(kind, room) {
  const { rowCount, columnCount, columns } = MAPS[kind], pixel = 1 / window.devicePixelRatio;
  const snapped = (length) => Math.ceil(length / pixel) * pixel;
  const words = rowAxis(kind).title.split(": ").map((word, index) => measured(index ? word : `${word}:`, fonts.small));
  const left = snapped(Math.max(widest(rowAxis(kind).labels), ...words) + GAP);
  const numbers = 2 * GAP + BAR + GAP / 2 + measured("0.25", fonts.small);
  const needed = (side) => left + columnCount * side + Math.max(numbers, overhang(columns.labels, side));
  let side = Math.floor(Math.min(LARGEST_CELL, (room - left) / columnCount) / pixel) * pixel;
  while (side > SMALLEST_CELL && needed(side) > room) side -= pixel;
  side = Math.max(side, Math.ceil(SMALLEST_CELL / pixel) * pixel);
  const top = snapped(headroom());
  return {
    side, left, top, width: Math.max(room, Math.ceil(needed(side))), bar: left + columnCount * side + 2 * GAP,
    height: Math.ceil(top + Math.max(rowCount * side, SHORTEST_BAR) + 2),
  };
}

function drawMap(kind) {
  const { canvas, scroller } = cards[kind], size = shown(kind);
  const place = layout(kind, scroller.clientWidth - 4), scale = window.devicePixelRatio;
  cards[kind].place = place;
  canvas.width = Math.round(place.width * scale);
  canvas.height = Math.round(place.height * scale);
  canvas.style.width = `${place.width}px`;
  canvas.style.height = `${place.height}px`;
  Object.assign(canvas.dataset, { left: place.left, top: place.top, side: place.side, ...size });
  const context = canvas.getContext("2d");
  context.scale(scale, scale);
  const light = highlight(state.mouse ?? state.focus)[kind];
  const rows = light.rows.filter((row) => row < size.rows);
  const columns = light.columns.filter((column) => column < size.columns);
  drawTitles(context, kind, place);
  drawRowLabels(context, rowAxis(kind).labels.slice(0, size.rows), place, rows);
  drawColumnLabels(context, MAPS[kind].columns.labels.slice(0, size.columns), place, columns);
  if (size.rows > 0) drawCells(context, kind, place, size);
  drawFrames(context, place, size, rows, columns);
  drawBar(context, kind, place);
}

function drawTitles(context, kind, { left, top }) {
  context.font = fonts.small;
  context.fillStyle = palette.muted;
  context.textBaseline = "alphabetic";
  context.textAlign = "left";
  context.fillText(MAPS[kind].columns.title, left, SMALL);
  context.textAlign = "right";
  const [first, second] = rowAxis(kind).title.split(": ");
  context.fillText(`${first}:`, left - GAP, top - GAP - 1.25 * SMALL);
  context.fillText(second, left - GAP, top - GAP);
}

/** Calls `draw` for each label that has room; lit ones push out their neighbours. */
function eachLabel(context, labels, side, lighted, draw) {
  const shrunk = Math.min(1, Math.max(SMALLEST, side / LINE));
  const stride = Math.max(1, Math.ceil((LINE * shrunk) / side - 1e-6));
  context.font = fonts.label.replace(`${LABEL}px`, `${LABEL * shrunk}px`);
  labels.forEach((label, index) => {
    const isLit = lighted.includes(index);
    const isCrowded = lighted.some((other) => Math.abs(other - index) < stride);
    if (!isLit && (index % stride !== 0 || isCrowded)) return;
    context.fillStyle = isLit ? palette.accent : palette.text;
    draw(elided(label), (index + 0.5) * side);
  });
}

function drawRowLabels(context, labels, { left, top, side }, lighted) {
  context.textAlign = "right";
  context.textBaseline = "middle";
  eachLabel(context, labels, side, lighted, (label, at) => context.fillText(label, left - GAP, top + at));
}

function drawColumnLabels(context, labels, { left, top, side }, lighted) {
  context.textAlign = "left";
  context.textBaseline = "middle";
  eachLabel(context, labels, side, lighted, (label, at) => {
    context.save();
    context.translate(left + at, top - GAP);
    context.rotate(-LEAN);
    context.fillText(label, 0, 0);
    context.restore();
  });
}

function drawCells(context, kind, place, size) {
  const { left, top, side } = place, map = MAPS[kind];
  context.imageSmoothingEnabled = false;
  context.drawImage(cards[kind].image, left, top, map.columnCount * side, map.rowCount * side);
  if (side >= HATCHED_CELL) hatch(context, map, place, size);
  if (side >= LINED_CELL) drawGridLines(context, place, size);
  if (map.leaked) markLeaked(context, map, place, size);
}

function eachCell(map, mask, size, visit) {
  for (let row = 0; row < size.rows; row += 1) {
    for (let column = 0; column < size.columns; column += 1) {
      if (bit(map, mask, row, column)) visit(row, column);
    }
  }
}

function hatch(context, map, { left, top, side }, size) {
  context.beginPath();
  eachCell(map, map.masked, size, (row, column) => {
    context.moveTo(left + column * side, top + (row + 1) * side);
    context.lineTo(left + (column + 1) * side, top + row * side);
  });
  stroke(context, palette.hatch, 1);
}

function drawGridLines(context, { left, top, side }, { rows, columns }) {
  const pixel = 1 / window.devicePixelRatio;
  context.fillStyle = palette.surface;
  for (let row = 1; row < rows; row += 1) context.fillRect(left, top + row * side - pixel, columns * side, pixel);
  for (let column = 1; column < columns; column += 1) {
    context.fillRect(left + column * side - pixel, top, pixel, rows * side);
  }
}

/** A wedge in the corner of each cell that only a switched-off causal mask lets a row see. */
function markLeaked(context, map, { left, top, side }, size) {
  const corner = 0.36 * side;
  context.beginPath();
  eachCell(map, map.leaked, size, (row, column) => {
    const right = left + (column + 1) * side, above = top + row * side;
    context.moveTo(right - corner, above);
    context.lineTo(right, above);
    context.lineTo(right, above + corner);
    context.closePath();
  });
  stroke(context, palette.surface, 2);
  context.fillStyle = palette.danger;
  context.fill();
}

function drawFrames(context, { left, top, side }, size, rows, columns) {
  context.beginPath();
  if (size.columns > 0) rows.forEach((row) => context.rect(left, top + row * side, size.columns * side, side));
  if (size.rows > 0) columns.forEach((column) => context.rect(left + column * side, top, side, size.rows * side));
  stroke(context, palette.accent, 2);
}

function stroke(context, color, width) {
  context.strokeStyle = color;
  context.lineWidth = width;
  context.stroke();
}

function drawBar(context, kind, { bar, top, side }) {
  const height = Math.max(MAPS[kind].rowCount * side, SHORTEST_BAR), table = TABLES[state.colormap];
  const image = document.createElement("canvas"), { high } = cards[kind];
  [image.width, image.height] = [1, 256];
  const pixels = image.getContext("2d");
  table.forEach((color, index) => {
    pixels.fillStyle = `rgb(${color.join()})`;
    pixels.fillRect(0, 255 - index, 1, 1);
  });
  context.drawImage(image, bar, top, BAR, height);
  [context.font, context.fillStyle, context.textAlign] = [fonts.small, palette.muted, "left"];
  let above = -Infinity;
  for (const share of [...TICKS].reverse()) {
    const y = height * (1 - (state.range === "square root" ? Math.sqrt(share) : share));
    if (y - above < SMALL) continue;
    above = y;
    context.textBaseline = y === 0 ? "top" : y === height ? "alphabetic" : "middle";
    context.fillText(numberText(share * high), bar + BAR + GAP / 2, top + y);
  }
}

// Cards, chips and controls

function makeCard(kind) {
  const root = page.card.content.firstElementChild.cloneNode(true), map = MAPS[kind];
  const part = (name) => root.querySelector(name);
  const card = {
    root, chosen: part(".chosen"), heads: part(".heads"), missing: part(".missing"), scroller: part(".scroller"),
    canvas: part(".map"), readout: part(".readout"), image: document.createElement("canvas"), high: 1,
  };
  root.dataset.kind = kind;
  part("h2").textContent = map.title;
  card.heads.setAttribute("aria-label", `${map.title}: all heads`);
  card.scroller.setAttribute("aria-label", `${map.title}: selected head`);
  card.thumbnails = makeThumbnails(kind, card.heads);
  rove(card.heads, map.heads, (index) => choose(kind, Math.floor(index / map.heads), index % map.heads));
  card.heads.hidden = map.rowCount === 0;
  page.cards.append(root);
  listenToMap(kind, card);
  return card;
}

function makeThumbnails(kind, grid) {
  const { layers, heads } = MAPS[kind], buttons = [];
  grid.style.gridTemplateColumns = `auto repeat(${heads}, minmax(0, 1fr))`;
  grid.append(label(""), ...Array.from({ length: heads }, (_, head) => label(`H${head + 1}`)));
  for (let layer = 0; layer < layers; layer += 1) {
    grid.append(label(`L${layer + 1}`));
    for (let head = 0; head < heads; head += 1) buttons.push(thumbnail(kind, layer, head));
    grid.append(...buttons.slice(-heads));
  }
  return buttons;
}

function label(text) {
  const element = document.createElement("span");
  element.className = "label";
  element.textContent = text;
  element.setAttribute("aria-hidden", "true");
  return element;
}

function isOff(kind, layer, head) {
  return MAPS[kind].off.some((off) => off[0] === layer && off[1] === head);
}

function thumbnail(kind, layer, head) {
  const button = document.createElement("button"), off = isOff(kind, layer, head);
  button.type = "button";
  button.className = off ? "thumbnail off" : "thumbnail";
  button.setAttribute("aria-label", `layer ${layer + 1}, head ${head + 1}${off ? ", off" : ""}`);
  button.append(document.createElement("canvas"));
  if (off) button.append(badge());
  button.addEventListener("click", () => choose(kind, layer, head));
  return button;
}

function badge() {
  const element = document.createElement("span");
  element.className = "badge";
  element.textContent = "off";
  return element;
}

/** Arrow keys, Home and End move the focus among the buttons of a container; only one of them is a tab stop. */
function rove(container, columns, arrive) {
  container.addEventListener("keydown", (event) => {
    const buttons = [...container.querySelectorAll("button")];
    const from = buttons.indexOf(document.activeElement), column = from % columns;
    const to = {
      ArrowLeft: column > 0 ? from - 1 : from, ArrowRight: column < columns - 1 ? from + 1 : from,
      ArrowUp: from - columns, ArrowDown: from + columns, Home: from - column, End: from - column + columns - 1,
    }[event.key];
    if (from < 0 || to === undefined || hasModifier(event)) return;
    event.preventDefault();
    const next = buttons[to];
    if (!next) return;
    next.focus();
    arrive(to);
  });
}

function hasModifier(event) {
  return event.ctrlKey || event.altKey || event.metaKey;
}

function makeChips(strip, tokens, name, text) {
  const chips = tokens.map((token, index) => {
    const chip = document.createElement("button"), word = document.createElement("b");
    chip.type = "button";
    chip.className = `chip${token.special ? " special" : ""}${token.hidden ? " hidden" : ""}`;
    chip.dataset.how = token.how ?? "";
    chip.setAttribute("aria-label", `${token.text}: ${text(index)}`);
    word.textContent = token.text;
    chip.append(word);
    const on = { [name]: index };
    chip.addEventListener("mouseenter", () => light({ mouse: on }));
    chip.addEventListener("mouseleave", () => light({ mouse: null }));
    chip.addEventListener("focus", () => (reachable(chips, index), light({ focus: on })));
    chip.addEventListener("blur", () => light({ focus: null }));
    // Not every browser gives the focus to a button that is clicked.
    chip.addEventListener("click", () => chip.focus());
    return chip;
  });
  tokens.forEach((token, index) => {
    if (index === 0 || token.starts) strip.append(document.createElement("span"));
    strip.lastElementChild.className = "word";
    strip.lastElementChild.append(chips[index]);
  });
  reachable(chips, 0);
  rove(strip, chips.length, () => {});
  return chips;
}

function reachable(buttons, index) {
  buttons.forEach((button, at) => (button.tabIndex = at === index ? 0 : -1));
}

function listenToMap(kind, { canvas, scroller }) {
  const cellAt = (event) => {
    const { left, top, side } = cards[kind].place, size = shown(kind);
    const row = Math.floor((event.offsetY - top) / side), column = Math.floor((event.offsetX - left) / side);
    return row >= 0 && row < size.rows && column >= 0 && column < size.columns ? { kind, row, column } : null;
  };
  canvas.addEventListener("mousemove", (event) => light({ mouse: cellAt(event) }));
  canvas.addEventListener("mouseleave", () => light({ mouse: null }));
  canvas.addEventListener("focus", () => light({ focus: cursor(kind) }));
  canvas.addEventListener("blur", () => light({ focus: null }));
  canvas.addEventListener("click", (event) => {
    const cell = cellAt(event);
    if (cell) [state.cursor[kind], state.focus] = [cell, cell];
    renderLight();
  });
  canvas.addEventListener("keydown", (event) => {
    const { row, column } = state.cursor[kind], last = shown(kind).columns - 1;
    const to = {
      ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1], ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column], Home: [row, 0], End: [row, last],
    }[event.key];
    if (!to || hasModifier(event)) return;
    event.preventDefault();
    state.cursor[kind] = { row: to[0], column: to[1] };
    light({ mouse: null, focus: cursor(kind) });
    reveal(kind, scroller);
  });
}

/** The cell of the keyboard, held inside what the map shows; null where it shows nothing. */
function cursor(kind) {
  const size = shown(kind), { row, column } = state.cursor[kind];
  if (size.rows === 0) return null;
  const held = (index, count) => Math.max(0, Math.min(index, count - 1));
  state.cursor[kind] = { kind, row: held(row, size.rows), column: held(column, size.columns) };
  return state.cursor[kind];
}

/** Scrolls a map that is wider than its card, so that the keyboard's cell is seen. */
function reveal(kind, scroller) {
  const { left, side } = cards[kind].place, at = left + state.cursor[kind].column * side;
  if (at < scroller.scrollLeft || at + side > scroller.scrollLeft + scroller.clientWidth) {
    scroller.scrollLeft = at - scroller.clientWidth / 2;
  }
}

// Changes, and what they redraw

function choose(kind, layer, head) {
  state.heads[kind] = [layer, head];
  renderCard(kind);
}

function goTo(step) {
  if (!values.causal) return;
  state.step = Math.max(0, Math.min(ROWS, step));
  for (const kind of KINDS) if (state.focus?.kind === kind) state.focus = cursor(kind);
  renderAll();
}

function light(change) {
  const isSame = Object.entries(change).every(([name, on]) => JSON.stringify(state[name]) === JSON.stringify(on));
  Object.assign(state, change);
  if (!isSame) renderLight();
}

function setTheme(name) {
  document.documentElement.dataset.theme = name;
  const other = name === "dark" ? "light" : "dark";
  page.theme.textContent = other === "dark" ? "Dark" : "Light";
  page.theme.setAttribute("aria-label", `switch to the ${other} theme`);
  const style = getComputedStyle(document.documentElement);
  const names = ["text", "muted", "accent", "surface", "mask", "hatch", "danger"];
  palette = Object.fromEntries(names.map((color) => [color, style.getPropertyValue(`--${color}`).trim()]));
  palette.maskColor = [1, 3, 5].map((at) => parseInt(palette.mask.slice(at, at + 2), 16));
  fonts = { label: `${LABEL}px ${style.getPropertyValue("--mono")}`, small: `${SMALL}px ${style.getPropertyValue("--sans")}` };
}

function renderAll() {
  page.step.value = state.step;
  page.step.setAttribute("aria-valuetext", stepText());
  page["step-text"].textContent = stepText();
  page.back.disabled = !values.causal || state.step === 0;
  page.forward.disabled = !values.causal || state.step === ROWS;
  targetChips.forEach((chip, index) => {
    const isPrediction = index === state.step - 1;
    chip.classList.toggle("prediction", isPrediction);
    chip.classList.toggle("ahead", index >= state.step);
    const probability = values.target[index].probability;
    const share = probability < 0.005 ? " <0.01" : ` ${probability.toFixed(2)}`;
    chip.replaceChildren(chip.firstElementChild, isPrediction ? share : "");
    if (isPrediction) revealChip(chip);
  });
  KINDS.forEach(renderCard);
  renderLight();
}

/** Scrolls the strip, never the page, so that a chip is seen. */
function revealChip(chip) {
  const strip = page.target, above = chip.offsetTop, below = above + chip.offsetHeight;
  if (above < strip.scrollTop || below > strip.scrollTop + strip.clientHeight) strip.scrollTop = above - GAP;
}

function renderCard(kind) {
  const card = cards[kind], map = MAPS[kind], [layer, head] = state.heads[kind], size = shown(kind);
  card.chosen.replaceChildren(`layer ${layer + 1}, head ${head + 1} `, isOff(kind, layer, head) ? badge() : "");
  reachable(card.thumbnails, layer * map.heads + head);
  card.thumbnails.forEach((button, index) => {
    const place = [Math.floor(index / map.heads), index % map.heads];
    button.setAttribute("aria-pressed", String(place[0] === layer && place[1] === head));
    drawThumbnail(button.firstElementChild, kind, ...place);
  });
  card.missing.hidden = size.rows > 0;
  card.missing.textContent = map.rowCount === 0
    ? "No decoder row: the sentence was only encoded." : "No decoder row yet: move the step slider (→).";
  card.scroller.hidden = map.rowCount === 0;
  card.scroller.style.visibility = size.rows > 0 ? "visible" : "hidden";
  card.canvas.setAttribute("aria-label", `${map.title}, layer ${layer + 1}, head ${head + 1}: `
    + `${size.rows} rows (${rowAxis(kind).title}), ${size.columns} columns (${map.columns.title}). `
    + "Arrow keys move from cell to cell.");
  card.high = colorIn(card.image, kind, layer, head, map.rowCount, map.columnCount);
  renderMap(kind);
}

/** A small map in the device's own pixels, where there are more cells than those. */
function drawThumbnail(canvas, kind, layer, head) {
  const { rowCount, columnCount } = MAPS[kind], scale = window.devicePixelRatio;
  const room = (length) => Math.max(1, Math.round(length * scale));
  const height = Math.min(rowCount, room(canvas.clientHeight)), width = Math.min(columnCount, room(canvas.clientWidth));
  colorIn(canvas, kind, layer, head, height, width);
}

function renderMap(kind) {
  const card = cards[kind], on = state.mouse ?? state.focus, size = shown(kind);
  if (MAPS[kind].rowCount > 0) drawMap(kind);
  const line = document.createElement("span");
  const isHere = on?.kind === kind && on.row < size.rows && on.column < size.columns;
  line.replaceChildren(...(isHere ? readout(kind, on.row, on.column) : size.rows > 0 ? [HINT] : []));
  if (card.readout.textContent !== line.textContent) card.readout.replaceChildren(line);
}

function renderLight() {
  const on = state.mouse ?? state.focus, { source, target } = highlight(on);
  sourceChips.forEach((chip, index) => chip.classList.toggle("lit", source.includes(index)));
  targetChips.forEach((chip, index) => chip.classList.toggle("lit", target.includes(index)));
  page.note.textContent = on && "source" in on ? sourceText(on.source)
    : on && "target" in on ? targetText(on.target) : values.convention;
  KINDS.forEach(renderMap);
}

/** Draws anew when the window comes to a screen with other pixels. */
function watchPixels() {
  const pixels = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
  pixels.addEventListener("change", () => (watchPixels(), renderAll()), { once: true });
}

function fill(select, names, chosen, change) {
  for (const [value, text] of names) select.add(new Option(text, value));
  select.value = chosen;
  select.addEventListener("change", () => (change(select.value), renderAll()));
}

page.sentence.textContent = values.sentence;
page.translation.textContent = values.translation;
page.arrow.hidden = values.translation === "";
page.changes.textContent = `Experiment: ${values.changes.join(" · ")}`;
page.changes.hidden = values.changes.length === 0;
page.about.textContent = values.about.join(" · ");
page.target.parentElement.hidden = ROWS === 0;
page.step.max = ROWS;
page.step.disabled = !values.causal || ROWS === 0;
fill(page["row-labels"], Object.entries(values.row_labels), state.labels, (labels) => (state.labels = labels));
fill(page.colormap, Object.keys(values.colormaps).map((name) => [name, name]), state.colormap,
  (name) => (state.colormap = name));
fill(page.range, [], state.range, (range) => (state.range = range));

const sourceChips = makeChips(page.source, values.source, "source", sourceText);
const targetChips = makeChips(page.target, values.target, "target", targetText);
targetChips.forEach((chip, index) => chip.addEventListener("click", () => goTo(index + 1)));
cards = Object.fromEntries(KINDS.map((kind) => [kind, makeCard(kind)]));

page.step.addEventListener("input", () => goTo(Number(page.step.value)));
page.back.addEventListener("click", () => goTo(state.step - 1));
page.forward.addEventListener("click", () => goTo(state.step + 1));
document.addEventListener("keydown", (event) => {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (event.target !== document.body || !by || hasModifier(event)) return;
  event.preventDefault();
  goTo(state.step + by);
});
window.addEventListener("resize", renderAll);

const prefersDark = window.matchMedia("(prefers-color-scheme: dark)");
const follow = () => (setTheme(prefersDark.matches ? "dark" : "light"), renderAll());
prefersDark.addEventListener("change", follow);
page.theme.addEventListener("click", () => {
  prefersDark.removeEventListener("change", follow);
  setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
  renderAll();
});
watchPixels();
follow();

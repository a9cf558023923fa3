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

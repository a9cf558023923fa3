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

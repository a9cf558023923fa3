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
    const share = probability === null ? "" : probability < 0.005 ? " <0.01" : ` ${probability.toFixed(2)}`;
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
page.arrow.hidden = values.translation === "" || values.sentence === "";
page.changes.textContent = `With: ${values.changes.join("; ")}`;
page.changes.hidden = values.changes.length === 0;
page.about.textContent = values.about.join(" · ");
page.target.parentElement.hidden = ROWS === 0;
page.source.parentElement.hidden = values.source.length === 0;
const decodes = KINDS.some((kind) => kind !== "encoder");
page.step.parentElement.hidden = !decodes;
page["row-labels"].parentElement.hidden = !decodes;
page.cards.dataset.maps = KINDS.length;
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
// Inside another page, there may be no room yet when the script runs.
let drawnFor = page.cards.clientWidth;
new ResizeObserver(() => {
  if (page.cards.clientWidth === drawnFor) return;
  drawnFor = page.cards.clientWidth;
  renderAll();
}).observe(page.cards);

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

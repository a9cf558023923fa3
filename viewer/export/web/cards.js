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

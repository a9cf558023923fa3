// Words

function rowAxis(kind) {
  return MAPS[kind].rows[state.labels];
}

function weightText(weight) {
  return weight < 0.00005 ? "<0.0001" : weight.toFixed(4);
}

/** The number of a tick, as short as it can be told. */
function numberText(value) {
  return String(Number(value.toPrecision(3)));
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
  if (token.probability === null) return `target token ${index + 1} · ${token.piece}`;
  const probability = weightText(token.probability);
  return `target token ${index + 1} · ${token.piece} · probability ${probability} · rank ${token.rank} · ${token.how}`;
}

function stepText() {
  const end = { eos: " · ended", limit: " · limit reached" }[values.ended] ?? "";
  return `step ${state.step} of ${ROWS}${state.step === ROWS ? end : ""}`;
}

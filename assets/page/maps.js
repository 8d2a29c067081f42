// Maps over photos, for every page. The page has `state`: what full brightness stands for, and whether cells have edges.
const $ = id => document.getElementById(id);

function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key in element) element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
const percent = p => (100 * p).toFixed(p < 0.1 ? 1 : 0) + " %";

/// Weights of word t in map m (-1: the mean), each from 0 to 1 of the scale in use.
function weights(caption, t, m = -1) {
  const cells = caption.grid.rows * caption.grid.columns;
  const several = m >= 0;
  const all = several ? caption.everyBytes : caption.alphaBytes;
  const maps = several ? caption.layers * caption.heads : 1;
  const first = (t * maps + (several ? m : 0)) * cells;
  const part = all.subarray(first, first + cells);
  const peak = state.scale === "word" || several ? Math.max(1, ...part) : 255;
  return Array.from(part, w => w / peak);
}

/// Lays shadow over all that the word did not look at.
function shade(context, width, height, caption, t, m) {
  if (!caption.alphaBytes.length) return;
  const { rows, columns, shift } = caption.grid;
  const small = make("canvas", { width: columns + 2, height: rows + 2 });
  const pixels = small.getContext("2d").createImageData(columns + 2, rows + 2);
  const map = weights(caption, t, m);
  for (let r = 0; r < rows + 2; ++r) {
    for (let c = 0; c < columns + 2; ++c) {
      const row = Math.min(Math.max(r - 1, 0), rows - 1), column = Math.min(Math.max(c - 1, 0), columns - 1);
      const at = 4 * (r * (columns + 2) + c), w = map[row * columns + column];
      pixels.data.set([10 + 90 * w, 8 + 30 * w, 20, 205 * (1 - w)], at);
    }
  }
  small.getContext("2d").putImageData(pixels, 0, 0);
  const w = width / columns, h = height / rows;
  context.imageSmoothingEnabled = !state.cells;
  context.imageSmoothingQuality = "high";
  context.drawImage(small, (shift - 1) * w, (shift - 1) * h, width + 2 * w, height + 2 * h);
  context.imageSmoothingEnabled = true;
  const cell = m === undefined && caption.cells.length ? caption.cells[t] : -1;
  if (cell < 0) return;
  context.lineWidth = Math.max(2, width / 200);
  context.strokeStyle = "#ff9d4a";
  context.strokeRect((cell % columns + shift) * w, (Math.floor(cell / columns) + shift) * h, w, h);
}

function draw(canvas, image, caption, t, m) {
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  if (t >= 0 && t < caption.words.length) shade(context, canvas.width, canvas.height, caption, t, m);
}

$("theme").addEventListener("click", () => {
  const dark = document.documentElement.dataset.theme
    ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "light" : "dark";
});

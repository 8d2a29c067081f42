// Photos with captions and interactive attention maps, shared by all pages. The page provides an element `cards` and the
// buttons of captions.html.
const state = { word: -1, playing: 0, cells: false, heads: false, scale: "caption" };
let cards = [];

/// A photo with one caption.
class Card {
  constructor(photo, image, caption) {
    Object.assign(this, { photo, image, caption, word: -1 });
    caption.alphaBytes ??= bytes(caption.alpha);
    caption.everyBytes ??= bytes(caption.every ?? "");
    this.canvas = make("canvas", { className: "picture", width: image.naturalWidth, height: image.naturalHeight });
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", photo.path + ": " + caption.words.join(" "));
    this.canvas.addEventListener("pointermove", event => this.ask(event));
    this.canvas.addEventListener("pointerdown", event => this.ask(event));
    this.canvas.addEventListener("pointerleave", () => this.look(this.word));
    this.words = caption.words.map((word, t) => make("button", {
      className: "word", title: `probability ${percent(caption.p[t])}, gate ${percent(caption.beta[t] ?? 0)}`,
      onpointerenter: event => event.pointerType === "mouse" && choose(this, t),
      onfocus: () => choose(this, t), onclick: () => choose(this, t),
    }, word, this.bar(caption.p[t]), this.bar(caption.beta[t] ?? 0)));
    this.told = make("p", { className: "told faint" });
    this.headsBox = make("div", { className: "heads", hidden: true });
    this.element = make("section", { className: "card" },
      make("h2", {}, caption.label), this.canvas, this.headsBox,
      make("div", { className: "words" }, ...this.words), this.told,
      make("button", { onclick: () => this.download() }, "Download PNG"));
    this.look(-1);
  }

  bar(share) { const bar = make("i"); bar.style.width = 100 * Math.min(1, share) + "%"; return bar; }

  look(t) {
    this.word = t;
    draw(this.canvas, this.image, this.caption, t);
    this.words.forEach((button, i) => {
      button.setAttribute("aria-current", String(i === t));
      button.style.background = "";
    });
    const c = this.caption;
    this.told.textContent = t < 0 || t >= c.words.length ? `log-probability ${c.log_probability.toFixed(2)}`
      : `“${c.words[t]}”: probability ${percent(c.p[t])}, gate ${percent(c.beta[t] ?? 0)}`;
    this.showHeads();
  }

  showHeads() {
    const maps = this.caption.everyBytes.length ? this.caption.layers * this.caption.heads : 0;
    this.headsBox.hidden = !state.heads || maps === 0 || this.word < 0;
    if (this.headsBox.hidden) return;
    if (!this.headsBox.children.length) {
      for (let m = 0; m < maps; ++m) {
        const canvas = make("canvas", { width: 256, height: Math.round(256 * this.image.naturalHeight / this.image.naturalWidth) });
        const layer = this.caption.layers > 1 ? `layer ${Math.floor(m / this.caption.heads) + 1}, ` : "";
        this.headsBox.append(make("figure", {}, canvas, make("figcaption", { className: "faint" }, `${layer}head ${m % this.caption.heads + 1}`)));
      }
    }
    [...this.headsBox.querySelectorAll("canvas")].forEach((canvas, m) =>
      draw(canvas, this.image, this.caption, Math.min(this.word, this.caption.words.length - 1), m));
  }

  /// Colors the words by their attention to the cell under the pointer.
  ask(event) {
    const { rows, columns, shift } = this.caption.grid, box = this.canvas.getBoundingClientRect();
    if (!this.caption.alphaBytes.length) return;
    const at = (position, size, count) => Math.min(count - 1, Math.max(0, Math.floor(position / size * count - shift)));
    const cell = at(event.clientY - box.top, box.height, rows) * columns + at(event.clientX - box.left, box.width, columns);
    const here = this.caption.words.map((_, t) => this.caption.alphaBytes[t * rows * columns + cell]);
    const most = Math.max(1, ...here);
    this.words.forEach((button, t) => {
      button.style.background = `color-mix(in srgb, var(--mark) ${Math.round(70 * here[t] / most)}%, var(--card))`;
    });
    const best = here.indexOf(Math.max(...here));
    this.told.textContent = `“${this.caption.words[best]}” looked here most: ${percent(here[best] / 255 * this.caption.peak)} of its attention`;
  }

  download() {
    const strip = Math.max(40, Math.round(this.canvas.width / 16));
    const canvas = make("canvas", { width: this.canvas.width, height: this.canvas.height + strip });
    const context = canvas.getContext("2d");
    context.fillStyle = "#161514";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(this.canvas, 0, 0);
    context.textBaseline = "middle";
    let size = strip * 0.5, x = strip * 0.3;
    context.font = `${size}px system-ui, sans-serif`;
    const room = (canvas.width - 2 * x) / context.measureText(this.caption.words.join(" ")).width;
    if (room < 1) context.font = `${size * room}px system-ui, sans-serif`;
    this.caption.words.forEach((word, t) => {
      context.fillStyle = t === this.word ? "#ff9d4a" : "#eceae6";
      context.fillText(word, x, this.canvas.height + strip / 2);
      x += context.measureText(word + " ").width;
    });
    canvas.toBlob(blob => {
      const link = make("a", { href: URL.createObjectURL(blob), download: this.photo.name + ".caption.png" });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
  }
}

/// Selects word `t` of the card `lead`, or of all cards if it is null.
function choose(lead, t) {
  state.word = t;
  for (const card of cards) card.look(card === lead || lead === null ? t : card.word);
}

function longest() { return Math.max(0, ...cards.map(card => card.caption.words.length)); }

function step(by) {
  const count = longest();
  if (count) choose(null, state.word < 0 ? (by > 0 ? 0 : count - 1) : (state.word + by + count) % count);
}

function play(on) {
  clearInterval(state.playing);
  state.playing = on ? setInterval(step, 800, 1) : 0;
  $("play").setAttribute("aria-pressed", String(on));
  $("play").textContent = on ? "Pause" : "Play";
  if (on) step(1);
}

function redraw() { for (const card of cards) card.look(card.word); }

function toggle(id) {
  state[id] = !state[id];
  $(id).setAttribute("aria-pressed", String(state[id]));
  redraw();
}

function letGo() {
  play(false);
  state.word = -1;
  cards = [];
  $("cards").replaceChildren();
}

/// Shows captions of a photo side by side.
function showCaptions(photo, image, captions) {
  letGo();
  cards = captions.map(caption => new Card(photo, image, caption));
  $("heads").hidden = !captions.some(caption => caption.everyBytes.length);
  $("cards").classList.toggle("one", cards.length === 1);
  $("cards").append(...cards.map(card => card.element));
}

$("play").addEventListener("click", () => play(!state.playing));
$("cells").addEventListener("click", () => toggle("cells"));
$("heads").addEventListener("click", () => toggle("heads"));
$("scale").addEventListener("change", event => { state.scale = event.target.value; redraw(); });

/// Handles the keys of the words, and those of the page in `more`, while `active` returns true. Form elements keep their
/// own keys.
function onKeys(more, active) {
  document.addEventListener("keydown", event => {
    const target = event.target, tag = target.tagName;
    if (!active() || /^(INPUT|SELECT|TEXTAREA|DIALOG)$/.test(tag) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " " && /^(BUTTON|A|LABEL)$/.test(tag) && !target.classList.contains("word")) return;
    const keys = {
      ArrowRight: () => step(1), ArrowLeft: () => step(-1), " ": () => play(!state.playing),
      ...more,
      Escape: () => { play(false); if (state.word >= 0) choose(null, -1); else more.Escape?.(); },
    };
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
}

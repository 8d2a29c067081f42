// The page of `saccade serve`: takes photos, requests captions and keeps them for the session.
const models = JSON.parse(document.body.dataset.models);
const kBest = 3;
const history = [];  // { name, url, image, best: captions by model, chosen: index by model }
let current = null;
let queue = Promise.resolve();

$("token-box").addEventListener("submit", event => event.preventDefault());
$("token-box").hidden = document.body.dataset.token !== "required";

/// Converts a caption of the interface for the component: weights as bytes, 255 being the largest.
function shownCaption(label, object) {
  const flat = object.alpha.flat(), peak = flat.reduce((most, w) => Math.max(most, w), 0);
  const scaled = list => {
    const most = Math.max(1e-9, list.reduce((best, w) => Math.max(best, w), 0));
    return Uint8Array.from(list, w => Math.round(255 * w / most));
  };
  return {
    label, words: object.words, p: object.log_probabilities.map(Math.exp), beta: object.beta,
    log_probability: object.log_probability, grid: object.grid, cells: object.cells,
    layers: object.layers, heads: object.heads,
    alphaBytes: scaled(flat), peak, everyBytes: scaled((object.maps ?? []).flat(2)),
  };
}

async function captionsOf(file, model) {
  const query = new URLSearchParams({ model, top: kBest });
  const headers = { "Content-Type": "application/octet-stream", Accept: "application/json" };
  if ($("token").value) headers.Authorization = "Bearer " + $("token").value;
  let response;
  try {
    response = await fetch("/v1/caption?" + query, { method: "POST", headers, body: file });
  } catch {
    throw new Error("The server does not answer; check that it still runs.");
  }
  const answer = await response.json();
  if (!response.ok) {
    if (response.status === 401) $("token-box").hidden = false;
    throw new Error(answer.error.replace(/^-: /, ""));
  }
  return answer.map((object, i) => shownCaption(i ? `${model}, caption ${i + 1}` : model, object));
}

function loaded(url) {
  return new Promise(done => {
    const image = new Image();
    image.onload = () => done(image);
    image.onerror = () => done(null);
    image.src = url;
  });
}

/// The photo to draw on, or a plain area if the browser cannot decode its format.
async function pictureOf(file) {
  const url = URL.createObjectURL(file), image = await loaded(url);
  if (image) return { url, image };
  URL.revokeObjectURL(url);
  const canvas = make("canvas", { width: 800, height: 600 });
  const context = canvas.getContext("2d");
  context.fillStyle = "#8a8a8a";
  context.fillRect(0, 0, 800, 600);
  const plain = canvas.toDataURL("image/png");
  return { url: plain, image: await loaded(plain) };
}

async function take(file) {
  const name = file.name || "Pasted photo";
  $("problem").textContent = "";
  $("status").textContent = `Captioning ${name} …`;
  document.body.setAttribute("aria-busy", "true");
  try {
    const [picture, ...best] = await Promise.all([pictureOf(file), ...models.map(model => captionsOf(file, model))]);
    const photo = { name, path: name, ...picture, best, chosen: models.map(() => 0) };
    history.unshift(photo);
    show(photo);
    $("status").textContent = models.map((model, i) => `${model}: ${best[i][0].words.join(" ")}`).join("; ");
  } catch (error) {
    $("status").textContent = "";
    $("problem").textContent = `${name}: ${error.message}`;
  } finally {
    document.body.removeAttribute("aria-busy");
  }
}

/// Captions files in their order.
function takeAll(files) {
  for (const file of files) queue = queue.then(() => take(file));
}

function show(photo) {
  current = photo;
  $("result").hidden = false;
  $("result-title").textContent = photo.name;
  showCaptions(photo, photo.image, photo.best.map((captions, i) => captions[photo.chosen[i]]));
  $("best").replaceChildren(...photo.best.map((captions, i) => make("div", {},
    make("h3", {}, `Best captions of ${models[i]}`),
    make("ol", {}, ...captions.map((caption, k) => make("li", {}, make("button", {
      "aria-pressed": String(photo.chosen[i] === k),
      onclick: () => { photo.chosen[i] = k; show(photo); $("best").querySelectorAll("ol")[i].querySelectorAll("button")[k].focus(); },
    }, caption.words.join(" "))))))));
  showHistory();
}

function showHistory() {
  $("history").hidden = history.length < 2;
  $("photos").replaceChildren(...history.map(photo => make("li", {}, make("button", {
    "aria-pressed": String(photo === current), onclick: () => { show(photo); $("result-title").scrollIntoView(); },
  }, make("img", { src: photo.url, alt: photo.name }), make("span", {}, photo.best[0][0].words.join(" "))))));
}

$("choose-file").addEventListener("click", () => $("file").click());
$("file").addEventListener("change", () => { takeAll([...$("file").files]); $("file").value = ""; });

const pictures = list => [...(list ?? [])].filter(file => file.type.startsWith("image/") || !file.type);
addEventListener("paste", event => takeAll(pictures(event.clipboardData.files)));
addEventListener("dragover", event => { event.preventDefault(); $("drop").classList.add("over"); });
addEventListener("dragleave", event => event.relatedTarget || $("drop").classList.remove("over"));
addEventListener("drop", event => {
  event.preventDefault();
  $("drop").classList.remove("over");
  takeAll([...event.dataTransfer.files]);
});

/// Without access to the camera, a phone still offers it as a source of files.
async function openCamera() {
  try {
    $("video").srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    $("camera").showModal();
  } catch {
    $("file").capture = "environment";
    $("file").click();
    $("file").removeAttribute("capture");
  }
}
$("open-camera").addEventListener("click", openCamera);
$("close-camera").addEventListener("click", () => $("camera").close());
$("camera").addEventListener("close", () => {
  for (const track of $("video").srcObject?.getTracks() ?? []) track.stop();
  $("video").srcObject = null;
});
$("shoot").addEventListener("click", () => {
  const video = $("video"), canvas = make("canvas", { width: video.videoWidth, height: video.videoHeight });
  canvas.getContext("2d").drawImage(video, 0, 0);
  canvas.toBlob(blob => blob && takeAll([new File([blob], "Camera photo", { type: blob.type })]), "image/jpeg", 0.92);
  $("camera").close();
});

onKeys({}, () => current !== null && !$("camera").open);

// The faces before the camera, in browsers that can tell (Shape Detection); in others nothing is said of them.

const MOST = 3;
const WIDTH = 320;
/** Of the time, at most: what finds faces must not take from what records. */
const SHARE = 0.2;

export class Faces {
  /** The name of a rule in `limits.live`, or null where all is well or nobody can tell. */
  advice = null;
  #detector = detector();
  #canvas = document.createElement("canvas");
  #again_at = 0;

  /** Look at what a video shows now, unless the last look is not over or took so long that it has to be made up for. */
  async look(video, limits) {
    const began = performance.now();
    if (!this.#detector || began < this.#again_at) return;
    this.#again_at = Infinity;
    const canvas = this.#canvas;
    canvas.width = Math.min(WIDTH, video.videoWidth);
    canvas.height = Math.max(1, Math.round((canvas.width * video.videoHeight) / video.videoWidth));
    canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
    try {
      this.advice = adviceOn(await this.#detector.detect(canvas), canvas, limits);
    } catch {
      [this.#detector, this.advice] = [null, null]; // it is named by some browsers and works in none of their builds
    }
    this.#again_at = began + (performance.now() - began) / SHARE;
  }
}

function adviceOn(found, picture, { far, near, off_centre }) {
  if (!found.length) return "no_face";
  if (found.length > 1) return "second_person";
  const { x, width, height } = found[0].boundingBox;
  const share = (100 * height) / Math.min(picture.width, picture.height);
  const aside = 100 * Math.abs((x + width / 2) / picture.width - 0.5);
  if (far && share < far.limit) return "far";
  if (near && share > near.limit) return "near";
  return off_centre && aside > off_centre.limit ? "off_centre" : null;
}

function detector() {
  try {
    return "FaceDetector" in window ? new window.FaceDetector({ maxDetectedFaces: MOST, fastMode: true }) : null;
  } catch {
    return null;
  }
}

// The colour of an id, as the pictures have it: the same formula as camweave/sinks/colours.py.

const GOLDEN_TURN = (3 - Math.sqrt(5)) / 2;
const LIGHTNESS = [0.74, 0.84, 0.65];
const CHROMA = 0.19;

const known = new Map();

/** Red, green, blue, 0 to 255. */
export function idColour(number) {
  let colour = known.get(number);
  if (colour) return colour;
  const angle = 2 * Math.PI * ((number * GOLDEN_TURN + 0.08) % 1);
  const lightness = LIGHTNESS[number % LIGHTNESS.length];
  let chroma = CHROMA;
  while (!linear(lightness, chroma, angle).every((light) => light >= 0 && light <= 1)) chroma -= 0.005;
  colour = linear(lightness, chroma, angle).map(screen);
  if (known.size > 4096) known.clear();
  known.set(number, colour);
  return colour;
}

/** The same for CSS. */
export const idPaint = (number) => `rgb(${idColour(number).join(" ")})`;

/** Black or white, whichever is easier to read on the colour of this id. */
export function idInk(number) {
  const light = luminance(idColour(number));
  return (light + 0.05) / 0.05 >= 1.05 / (light + 0.05) ? "#000" : "#fff";
}

function linear(lightness, chroma, angle) {
  const [a, b] = [chroma * Math.cos(angle), chroma * Math.sin(angle)];
  const long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
    -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
    -0.0041960863 * long - 0.7034186147 * middle + 1.707614701 * short,
  ];
}

function screen(light) {
  const clear = Math.min(1, Math.max(0, light));
  const value = clear <= 0.0031308 ? 12.92 * clear : 1.055 * clear ** (1 / 2.4) - 0.055;
  return Math.round(255 * value);
}

function luminance(colour) {
  const [red, green, blue] = colour.map((channel) => {
    const value = channel / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

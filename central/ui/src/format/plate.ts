/** How a Vietnamese plate is drawn: its colours, and its text broken over one or two lines. */
export type PlateStyle = "white" | "yellow" | "blue" | "red" | "diplomatic" | "economic" | "temporary";

const STYLES: [RegExp, PlateStyle][] = [
  [/military|red$|^red/, "red"],
  [/economic/, "economic"],
  [/blue|state/, "blue"],
  [/yellow|business/, "yellow"],
  [/diplo|foreign/, "diplomatic"],
  [/temp/, "temporary"],
];

/** The style for a reading's kind; what is not known is drawn white, as most plates are. */
export function plateStyle(kind: string | null | undefined, colour?: string | null): PlateStyle {
  const words = `${colour ?? ""} ${kind ?? ""}`.toLowerCase().trim();
  return STYLES.find(([pattern]) => pattern.test(words))?.[1] ?? "white";
}

/** A colour that was seen surely enough to be drawn. */
export const drawnColour = (colour: { value: string; score: number } | null | undefined) =>
  colour && colour.score >= 0.5 ? colour.value : null;

/** `59-P1 664.80` on two lines is `59-P1` over `664.80`, `80-011-NG-01` is `80-011` over `NG-01`, `KV-69-38` is `KV` over `69-38`. */
export function plateLines(display: string, lines: 1 | 2 | null | undefined): string[] {
  const text = display.trim();
  if (lines !== 2) return [text];
  const space = text.lastIndexOf(" ");
  if (space > 0) return [text.slice(0, space), text.slice(space + 1)];
  const groups = text.split("-");
  if (groups.length === 4) return [groups.slice(0, 2).join("-"), groups.slice(2).join("-")];
  const dash = /^[A-Z]{2}-/.test(text) ? 2 : text.lastIndexOf("-");
  if (dash > 0) return [text.slice(0, dash), text.slice(dash + 1)];
  return [text];
}

const MOTORCYCLES = /motor|moped|bike/;

/**
 * A typed civil plate as it is printed: `14A27182` is `14A-271.82`, a motorcycle's `35G144207` is `35-G1 442.07`. The class tells a
 * motorcycle of four digits from a car of five. What is of no such form stays as it was typed.
 */
export function platePrinted(typed: string, vehicle?: string | null): string {
  const text = canonical(typed);
  const dotted = (number: string) => (number.length < 5 ? number : `${number.slice(0, 3)}.${number.slice(3)}`);
  const motorcycle = /^(\d{2})([A-Z][A-Z1-9])(\d{4,5})$/.exec(text);
  const car = /^(\d{2})([A-Z]{1,2})(\d{4,5})$/.exec(text);
  if (motorcycle && (!car || MOTORCYCLES.test(vehicle ?? ""))) return `${motorcycle[1]}-${motorcycle[2]} ${dotted(motorcycle[3])}`;
  return car ? `${car[1]}${car[2]}-${dotted(car[3])}` : typed;
}

export interface Edit {
  position: number;
  from: string;
  to: string;
}

/** `2:0→D` as its parts (position counted from 1 for people); null when central sends another form. */
export function parseEdit(edit: string): Edit | null {
  const found = /^(\d+):(.)(?:→|->|>)(.)$/u.exec(edit);
  return found ? { position: Number(found[1]) + 1, from: found[2], to: found[3] } : null;
}

/** What a person types to find a plate: upper case, Đ as D, no separators. */
export const canonical = (typed: string) =>
  typed.normalize("NFC").toUpperCase().replaceAll("Đ", "D").replace(/[^A-Z0-9]/g, "");

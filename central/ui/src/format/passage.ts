import type { Box, Evidence, Passage, PassageFilter, Size } from "../api/types";
import type { DrawnBox } from "../ui/picture";
import { canonical } from "./plate";

export interface MainPicture {
  sha256: string | null;
  size: Size | null;
  boxes: DrawnBox[];
  focus: Box | null;
  /** All pictures were lost on the device. */
  lost: boolean;
}

/** Vehicle and plate as boxes over the overview picture. */
export function drawnBoxes(passage: Pick<Passage, "box" | "reading">): DrawnBox[] {
  const boxes: DrawnBox[] = [];
  if (passage.box) boxes.push({ box: passage.box, tone: "vehicle" });
  if (passage.reading?.box) boxes.push({ box: passage.reading.box, tone: "plate" });
  return boxes;
}

/** The picture to show first: the overview, where the boxes are true; else whatever there is, without boxes. */
export function mainPicture(passage: Passage): MainPicture {
  const there = passage.evidence.filter((item) => !item.absent);
  const overview = there.find((item) => item.role === "overview");
  if (overview) {
    const size: Size = passage.picture ?? [overview.width, overview.height];
    return { sha256: overview.sha256, size, boxes: drawnBoxes(passage), focus: passage.box, lost: false };
  }
  const other: Evidence | undefined = there.find((item) => item.sha256 === passage.thumbnail) ?? there[0];
  return { sha256: other?.sha256 ?? passage.thumbnail, size: null, boxes: [], focus: null, lost: passage.evidence.length > 0 && there.length === 0 };
}

/** Whether a passage that came live belongs to what the reader has filtered for; the same rule as central's. */
export function fitsFilter(passage: Passage, filter: PassageFilter): boolean {
  if (filter.site && passage.site !== filter.site) return false;
  if (filter.camera && passage.camera !== filter.camera) return false;
  if (filter.class && passage.class !== filter.class) return false;
  return fitsPlate(passage.reading?.text ?? "", filter.plate ?? "");
}

/** Part of a plate, as typed: `?` stands for one character, `*` for any. */
function fitsPlate(text: string, typed: string): boolean {
  const pattern = [...typed]
    .map((character) => (character === "?" ? "." : character === "*" ? ".*" : canonical(character)))
    .join("");
  return new RegExp(pattern).test(canonical(text));
}

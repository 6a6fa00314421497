import type { PresentRequest } from "../api/types";
import { canonical } from "../../format/plate";

export type Scan =
  | { kind: "present"; request: PresentRequest }
  /** A card's number alone: name and date of birth have to be typed. */
  | { kind: "number"; number: string };

const PLATE = /^\d{2}[A-Z]{1,2}\d?\d{4,5}$/;

/** What a scanned text is, by its form alone. The agent has the last word; what it does not know can be tried as another kind. */
export function classifyScan(raw: string): Scan {
  const text = raw.replace(/^\uFEFF/, "").trim().normalize("NFC");
  if (text.includes("|")) return present({ shown: "card", text });
  if (/^\d{12}$/.test(text)) return { kind: "number", number: text };
  if (/^vneid/i.test(text)) return present({ shown: "vneid", token: text });
  if (/^(ve|tk|dsvn)[-:\d]/i.test(text)) return present({ shown: "ticket", code: text });
  if (/^\d{4,8}$/.test(text)) return present({ shown: "pin", pin: text });
  if (text.length <= 12 && PLATE.test(canonical(text))) return present({ shown: "plate", text });
  return present({ shown: "pass", text });
}

const present = (request: PresentRequest): Scan => ({ kind: "present", request });

/** The same text as other kinds of code, for when the first guess was refused. */
export const otherKinds = (text: string): PresentRequest[] => [
  { shown: "pass", text },
  { shown: "vneid", token: text },
  { shown: "ticket", code: text },
];

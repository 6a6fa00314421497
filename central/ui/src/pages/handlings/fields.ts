import type { ActionField, HandlingAct, HandlingAction } from "../../api/handling-types";

/** Text of each field; of an `acts` field one text per act, `acts.CASE`, and its circumstances, `mitigating.CASE`, `aggravating.CASE`. */
export type Values = Record<string, string>;

const LEAST_REASON = 5;
const isReason = ({ name }: ActionField) => name === "reason";

/** Central names a reason for what cannot be undone; where it does not, the person says that it is meant. */
export const asksSure = (action: HandlingAction) => action.danger && !action.fields.some(isReason);

export function startValues(action: HandlingAction, acts: HandlingAct[]): Values {
  const values: Values = {};
  for (const { name, type } of action.fields) {
    if (type !== "acts") values[name] = "";
    else for (const act of acts.filter(({ expired }) => !expired)) Object.assign(values, { [`acts.${act.case_id}`]: String(act.amount ?? act.proposed), [`mitigating.${act.case_id}`]: "", [`aggravating.${act.case_id}`]: "" });
  }
  return values;
}

export type FieldTrouble = "required" | "reason_short" | "number" | "least" | "most" | "circumstance";

/** `19.000.000`, `19,000,000` and `19000000` are one number; whole only. */
export function numberOf(text: string): number | null {
  const digits = text.replace(/[\s.,₫đ]/giu, "");
  return /^\d+$/.test(digits) ? Number(digits) : null;
}

/** What is wrong with a value; null when it can be sent. */
export function troubleOf(field: ActionField, value: string, danger: boolean): FieldTrouble | null {
  const text = value.trim();
  if (text === "") return field.required ? "required" : null;
  if (isReason(field) && danger && text.length < LEAST_REASON) return "reason_short";
  if ((field.type === "number" || field.type === "money") && numberOf(text) === null) return "number";
  return null;
}

const lines = (text: string | undefined) => (text ?? "").split(/[;\n]/).map((line) => line.trim()).filter(Boolean);

/** An amount lies within the act's range; one that is not the average names the circumstances that say so. */
export function actTrouble(act: HandlingAct, values: Values): FieldTrouble | null {
  const amount = numberOf(values[`acts.${act.case_id}`] ?? "");
  if (amount === null) return "number";
  if (amount < act.low) return "least";
  if (amount > act.high) return "most";
  const why = lines(values[`mitigating.${act.case_id}`]).length + lines(values[`aggravating.${act.case_id}`]).length;
  return amount !== act.proposed && why === 0 ? "circumstance" : null;
}

/** Everything that is wrong, by the field's or act's name. */
export function troubles(action: HandlingAction, acts: HandlingAct[], values: Values): Map<string, FieldTrouble> {
  const found = new Map<string, FieldTrouble>();
  for (const field of action.fields) {
    if (field.type === "acts") {
      for (const act of acts.filter(({ expired }) => !expired)) {
        const trouble = actTrouble(act, values);
        if (trouble) found.set(`acts.${act.case_id}`, trouble);
      }
    } else {
      const trouble = troubleOf(field, values[field.name] ?? "", action.danger);
      if (trouble) found.set(field.name, trouble);
    }
  }
  return found;
}

/** What is sent: numbers as numbers, an amount per act with its circumstances, nothing for what was left empty. */
export function bodyOf(action: HandlingAction, acts: HandlingAct[], values: Values): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const { name, type } of action.fields) {
    if (type === "acts") {
      body[name] = acts
        .filter(({ expired }) => !expired)
        .map(({ case_id }) => ({ case_id, amount: numberOf(values[`acts.${case_id}`] ?? ""), mitigating: lines(values[`mitigating.${case_id}`]), aggravating: lines(values[`aggravating.${case_id}`]) }));
      continue;
    }
    const text = (values[name] ?? "").trim();
    if (text !== "") body[name] = type === "number" || type === "money" ? numberOf(text) : text;
  }
  return body;
}

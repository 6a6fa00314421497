import type { ActionField, HandlingAction } from "../../api/handling-types";

export type Values = Record<string, string | boolean>;

const LEAST_REASON = 5;

/** The fields of an action; one that cannot be undone always asks for its reason in words. */
export function fieldsOf(action: HandlingAction): ActionField[] {
  const reason = action.fields.some(({ name, type }) => name === "reason" || type === "reason");
  return action.danger && !reason ? [...action.fields, { name: "reason", type: "reason", required: true }] : action.fields;
}

export const startValues = (action: HandlingAction): Values =>
  Object.fromEntries(fieldsOf(action).map((field) => [field.name, field.type === "checkbox" ? Boolean(field.value) : String(field.value ?? "")]));

export type FieldTrouble = "required" | "reason_short" | "number" | "least" | "most";

/** What is wrong with a value; null when it can be sent. */
export function troubleOf(field: ActionField, value: string | boolean, danger: boolean): FieldTrouble | null {
  if (typeof value === "boolean") return field.required && !value ? "required" : null;
  const text = value.trim();
  if (text === "") return field.required ? "required" : null;
  if ((field.type === "reason" || field.name === "reason") && danger && text.length < LEAST_REASON) return "reason_short";
  if (field.type === "number" || field.type === "money") {
    const amount = numberOf(text);
    if (amount === null) return "number";
    if (field.min !== undefined && amount < field.min) return "least";
    if (field.max !== undefined && amount > field.max) return "most";
  }
  return null;
}

/** `19.000.000`, `19,000,000` and `19000000` are one number; whole only. */
export function numberOf(text: string): number | null {
  const digits = text.replace(/[\s.,₫đ]/giu, "");
  return /^-?\d+$/.test(digits) ? Number(digits) : null;
}

/** What is sent: numbers as numbers, moments as RFC 3339, nothing for what was left empty. */
export function bodyOf(action: HandlingAction, values: Values): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const field of fieldsOf(action)) {
    const value = values[field.name];
    if (typeof value === "boolean") body[field.name] = value;
    else if (value !== undefined && value.trim() !== "") {
      if (field.type === "number" || field.type === "money") body[field.name] = numberOf(value);
      else if (field.type === "datetime") body[field.name] = new Date(`${value}:00+07:00`).toISOString();
      else body[field.name] = value.trim();
    }
  }
  return body;
}

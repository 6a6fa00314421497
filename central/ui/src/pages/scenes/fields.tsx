import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Move, VehicleClass } from "../../api/scene-types";
import { Field } from "../../ui/field";
import { goodId } from "./model";

export const MOVES: Move[] = ["straight", "left", "right", "u_turn"];
export const CLASSES: VehicleClass[] = ["car", "motorcycle", "bus", "truck", "bicycle"];

/** A number that may have decimals, and may be left empty. */
export function Num({ word, value, onChange, hint, unit }: { word: string; value: number | null; onChange: (value: number | null) => void; hint?: string; unit?: string }) {
  const [text, setText] = useState(value === null ? "" : String(value));
  useEffect(() => setText((old) => (Number(old.replace(",", ".")) === value && old !== "" ? old : value === null ? "" : String(value))), [value]);
  const read = Number(text.replace(",", "."));
  const wrong = text.trim() !== "" && !Number.isFinite(read);
  const { t } = useTranslation();
  return (
    <Field word={unit ? `${word} (${unit})` : word} hint={hint} trouble={wrong ? t("scenes.not_a_number") : null}>
      <input
        inputMode="decimal"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          const next = Number(event.target.value.replace(",", "."));
          if (event.target.value.trim() === "") onChange(null);
          else if (Number.isFinite(next)) onChange(next);
        }}
      />
    </Field>
  );
}

/** The name of an element: taken when it is one, and free. */
export function NameField({ id, taken, onRename, disabled }: { id: string; taken: Set<string>; onRename: (name: string) => void; disabled: boolean }) {
  const { t } = useTranslation();
  const [text, setText] = useState(id);
  useEffect(() => setText(id), [id]);
  const trouble = text === id ? null : !goodId(text) ? t("scenes.bad_name") : taken.has(text) ? t("scenes.name_taken") : null;
  const take = () => (trouble || text === id ? setText(id) : onRename(text));
  return (
    <Field word={t("scenes.name")} trouble={trouble}>
      <input value={text} disabled={disabled} onChange={(event) => setText(event.target.value)} onBlur={take} onKeyDown={(event) => event.key === "Enter" && take()} />
    </Field>
  );
}

/** Several of a few: none means all of them, and says so. */
export function Several<T extends string>({ word, all, value, label, onChange, none }: { word: string; all: T[]; value: T[]; label: (one: T) => ReactNode; onChange: (value: T[]) => void; none: string }) {
  return (
    <fieldset className="field several">
      <legend>{word}</legend>
      <div className="chips">
        {all.map((one) => (
          <button key={one} type="button" className="chip" aria-pressed={value.includes(one)} onClick={() => onChange(value.includes(one) ? value.filter((other) => other !== one) : [...value, one])}>
            {label(one)}
          </button>
        ))}
      </div>
      {value.length === 0 && <small>{none}</small>}
    </fieldset>
  );
}

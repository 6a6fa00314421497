import { useId, type ReactNode } from "react";
import { type Option, Select } from "./select";

/** A labelled control with its hint, or with what is wrong with it. */
export function Field({ word, trouble, hint, children }: { word: string; trouble?: string | null; hint?: string; children: ReactNode }) {
  return (
    <label className={`field ${trouble ? "field-wrong" : ""}`}>
      <span>{word}</span>
      {children}
      {(trouble ?? hint) && <small>{trouble ?? hint}</small>}
    </label>
  );
}

interface SelectProps {
  word: string;
  value: string;
  options: Option[];
  onChange: (value: string) => void;
  all?: string;
  hint?: string;
}

/** A labelled choice. Its label is no `<label>`: a click on that would open the menu twice. */
export function SelectField({ word, value, options, onChange, all, hint }: SelectProps) {
  const id = useId();
  return (
    <div className="field">
      <span id={id}>{word}</span>
      <Select label={word} value={value} options={options} onChange={onChange} all={all} />
      {hint && <small>{hint}</small>}
    </div>
  );
}

/** A whole number that may be left empty: no limit. */
export function NumberField({ word, value, onChange, hint, min = 0, max, placeholder }: { word: string; value: number | null; onChange: (value: number | null) => void; hint?: string; min?: number; max?: number; placeholder?: string }) {
  return (
    <Field word={word} hint={hint}>
      <input
        type="number"
        inputMode="numeric"
        min={min}
        max={max}
        placeholder={placeholder}
        value={value ?? ""}
        onChange={(event) => onChange(event.target.value === "" ? null : Math.trunc(Number(event.target.value)))}
      />
    </Field>
  );
}

export function Check({ word, hint, checked, onChange }: { word: ReactNode; hint?: string; checked: boolean; onChange: (checked: boolean) => void }) {
  return (
    <label className="check">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} />
      <span>
        {word}
        {hint && <small className="check-hint">{hint}</small>}
      </span>
    </label>
  );
}

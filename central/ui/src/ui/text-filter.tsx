import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useKeys } from "./keys";

const TYPING_MS = 300;

/** Text that filters once typing pauses; `/` goes there. */
export function TextFilter({ value, onChange, word, plate = false }: { value: string; onChange: (text: string) => void; word: string; plate?: boolean }) {
  const [typed, setTyped] = useState(value);
  const [known, setKnown] = useState(value);
  const field = useRef<HTMLInputElement>(null);
  if (known !== value) {
    setKnown(value);
    setTyped(value);
  }
  useKeys({ "/": () => field.current?.focus() });
  useEffect(() => {
    if (typed === value) return undefined;
    const timer = setTimeout(() => onChange(typed.trim()), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed, value, onChange]);
  return (
    <label className={`search ${value ? "select-set" : ""}`}>
      <Search aria-hidden="true" />
      <span className="sr-only">{word}</span>
      <input
        ref={field}
        type="search"
        autoCapitalize={plate ? "characters" : undefined}
        autoComplete="off"
        spellCheck={false}
        maxLength={plate ? 16 : 64}
        placeholder={word}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
      />
      <kbd aria-hidden="true">/</kbd>
    </label>
  );
}

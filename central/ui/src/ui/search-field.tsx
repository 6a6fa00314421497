import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";

const WAIT_MS = 300;

/** A search that asks when one stops typing. Letters that an input method is still putting together are waited for. */
export function SearchField({ id, word, value, onSearch }: { id?: string; word: string; value: string; onSearch: (text: string) => void }) {
  const [text, setText] = useState(value);
  const composing = useRef(false);
  const latest = useRef(onSearch);
  useEffect(() => {
    latest.current = onSearch;
  });
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return undefined;
    const timer = setTimeout(() => !composing.current && latest.current(text.trim()), WAIT_MS);
    return () => clearTimeout(timer);
  }, [text, value]);
  return (
    <label className="search">
      <Search aria-hidden="true" />
      <span className="sr-only">{word}</span>
      <input
        id={id}
        type="search"
        value={text}
        placeholder={word}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
        onCompositionStart={() => {
          composing.current = true;
        }}
        onCompositionEnd={(event) => {
          composing.current = false;
          setText(event.currentTarget.value);
          latest.current(event.currentTarget.value.trim());
        }}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
          if (event.key === "Enter" && !event.nativeEvent.isComposing) onSearch(text.trim());
        }}
      />
      <kbd>/</kbd>
    </label>
  );
}

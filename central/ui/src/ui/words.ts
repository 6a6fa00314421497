import { useTranslation } from "react-i18next";
import type { Phrase } from "../format/gate";
import { pick } from "../i18n";

/** A word of the contract in the reader's language: `word("reason", "blocked")`. One that is newer than this console stays as it is. */
export function useWord(): (kind: string, word: string | null | undefined) => string {
  const { t, i18n } = useTranslation();
  return (kind, word) => {
    if (!word) return "–";
    const key = `${kind}.${word}`;
    return i18n.exists(key) ? t(key as never) : word;
  };
}

/** Says a phrase that pure code has chosen. */
export function usePhrase(): (phrase: Phrase) => string {
  const { t } = useTranslation();
  const say = t as unknown as (key: string, values?: Phrase["values"]) => string;
  return ({ key, values }) => say(key, values);
}

/** The side of a Vietnamese and English pair that the reader asked for. */
export function useSay(): (vi: string | null | undefined, en: string | null | undefined) => string {
  const { i18n } = useTranslation();
  return (vi, en) => pick(i18n.language, vi ?? "", en ?? "");
}

/** The name of a gate, a lane or a schedule. */
export function useName(): (named: { id: string; name_vi: string; name_en: string }) => string {
  const say = useSay();
  return (named) => say(named.name_vi, named.name_en) || named.id;
}

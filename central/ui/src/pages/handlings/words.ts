import { useTranslation } from "react-i18next";
import { dong } from "../../format/money";
import { dateTime } from "../../format/time";
import { useWord } from "../../ui/words";
import { lackOf } from "./lacks";

/** What a paper lacks, in the reader's words, each with where it comes from. */
export function useLacks(): (lacks: readonly string[]) => string {
  const { t } = useTranslation();
  const word = useWord();
  return (lacks) =>
    lacks
      .map((said) => {
        const { field, from, key } = lackOf(said);
        const why = from && [t(`paper_lacks.${from}`), key].filter(Boolean).join(": ");
        return why ? `${word("document_field", field)} (${why})` : word("document_field", field);
      })
      .join(", ");
}

const KEYS = ["alert", "order", "told", "no_answer", "document_lacks", "postponed", "points_taken", "warning", "payment", "act_expired"] as const;

/** What stands behind a line of the log that is no step: which deadline, which message, how much money. Null where there is no more to say. */
export function useNoteDetail(): (what: string, detail: unknown) => string | null {
  const { t, i18n } = useTranslation();
  const word = useWord();
  const lacks = useLacks();
  return (what, detail) => {
    const key = KEYS.find((one) => one === what);
    if (!key || typeof detail !== "object" || detail === null) return null;
    const of = detail as Record<string, unknown>;
    const text = (name: string) => (typeof of[name] === "string" || typeof of[name] === "number" ? String(of[name]) : "");
    const paper = text("paper") ? word("document_kind", text("paper")) : "";
    const channel = text("kind") ? [word("channel", text("kind")), paper].filter(Boolean).join(" · ") : "";
    const said = t(`note_detail.${key}`, {
      what: key === "alert" ? word("due", text("what")) : channel,
      percent: text("percent"),
      state: word(key === "warning" ? "warning_state" : "message_state", text("state")),
      word: word("message_state", text("word").toLowerCase()),
      paper,
      lacks: Array.isArray(of.lacks) ? lacks(of.lacks.map(String)) : "",
      until: text("until") ? dateTime(text("until")) : "",
      taken: text("taken"),
      after: text("after") || "–",
      target: word("warning_target", text("target")),
      amount: typeof of.amount === "number" ? dong(of.amount, i18n.language) : "",
      receipt: text("receipt"),
      cases: Array.isArray(of.cases) ? of.cases.map(String).join(", ") : "",
    });
    return said.replace(/^[\s:,]+|[\s:,]+$/g, "") || null;
  };
}

import { BadgeCheck, CircleHelp } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useWord } from "./words";

/** How surely a row says what the law says. What is less than read is marked as unverified wherever somebody relies on it. */
export function Confidence({ of }: { of: string }) {
  const { t } = useTranslation();
  const word = useWord();
  const sure = of === "H";
  return (
    <span className={`confidence ${sure ? "confidence-read" : "confidence-open"}`} title={word("confidence_means", of)} data-confidence={of}>
      {sure ? <BadgeCheck aria-hidden="true" /> : <CircleHelp aria-hidden="true" />}
      {t(sure ? "confidence.read" : "confidence.unverified")}
    </span>
  );
}

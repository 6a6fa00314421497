import { Check, Copy as CopyIcon } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

const SHOWN_MS = 1_500;

/** A long hash, shortened for the eye and whole for the clipboard. */
export function Hash({ value, keep = 10 }: { value: string; keep?: number }) {
  const short = value.length > keep * 2 + 1 ? `${value.slice(0, keep)}…${value.slice(-6)}` : value;
  return (
    <span className="hash">
      <code title={value}>{short}</code>
      <Copy value={value} />
    </span>
  );
}

export function Copy({ value, label }: { value: string; label?: string }) {
  const { t } = useTranslation();
  const [done, setDone] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
    } catch {
      return;
    }
    setDone(true);
    setTimeout(() => setDone(false), SHOWN_MS);
  };
  // Browsers lend the clipboard only to secure pages; without it the whole value is in the title.
  if (!window.isSecureContext) return null;
  const Icon = done ? Check : CopyIcon;
  return (
    <button type="button" className={label ? "button" : "icon-button icon-small"} onClick={() => void copy()} aria-label={label ? undefined : t("passage.copy")}>
      <Icon aria-hidden="true" />
      {label && <span>{done ? t("passage.copied") : label}</span>}
      {!label && done && (
        <span className="sr-only" role="status">
          {t("passage.copied")}
        </span>
      )}
    </button>
  );
}

import { ClipboardPen, Keyboard, ListChecks, type LucideIcon, PencilLine, ScrollText, ShieldAlert, SquarePen } from "lucide-react";
import { useText } from "../i18n";
import { useDesk } from "../state/provider";

export type DialogName = "entry" | "shift" | "muster" | "paper" | "correction" | "emergency" | "keys";

interface Tool {
  name: DialogName;
  key: string;
  icon: LucideIcon;
  word: "entry" | "shift" | "muster" | "paper" | "correction" | "emergency" | "emergency_end" | "keys";
  supervisor?: boolean;
}

/** Work besides deciding: each with its key, as on the function keys of old. */
export function Toolbar({ open }: { open: (name: DialogName) => void }) {
  const { t } = useText();
  const { session, lane } = useDesk();
  const tools: Tool[] = [
    { name: "entry", key: "N", icon: SquarePen, word: "entry" },
    { name: "shift", key: "F8", icon: ScrollText, word: "shift" },
    { name: "muster", key: "F9", icon: ListChecks, word: "muster" },
    { name: "paper", key: "P", icon: ClipboardPen, word: "paper" },
    { name: "correction", key: "C", icon: PencilLine, word: "correction", supervisor: true },
    { name: "emergency", key: "X", icon: ShieldAlert, word: lane?.emergency ? "emergency_end" : "emergency", supervisor: true },
    { name: "keys", key: "?", icon: Keyboard, word: "keys" },
  ];
  return (
    <nav className="toolbar" aria-label={t("toolbar.label")}>
      {tools.map(({ name, key, icon: Icon, word, supervisor }) => {
        const forbidden = supervisor && !session.supervisor;
        return (
          <button key={name} type="button" className={`tool tool-${name}`} onClick={() => open(name)} disabled={forbidden} title={forbidden ? t("keys_row.supervisor") : undefined} aria-keyshortcuts={key} data-tool={name}>
            <kbd>{key}</kbd>
            <Icon aria-hidden="true" />
            <span>{t(`toolbar.${word}`)}</span>
          </button>
        );
      })}
    </nav>
  );
}

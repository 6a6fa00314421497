import { ArrowRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Change } from "../../api/types";
import { useWord } from "../../ui/words";

/** Words of the contract that stand as values in a policy, by where their texts are. */
const KINDS = ["gate_verdict", "wanted", "lane_way", "trust", "list_kind", "day"];

/** `gates[cong-2].lanes[vao-1].policy.unknown` as `Cổng › cong-2 › Làn › vao-1 › …`. */
export const pathParts = (path: string) => path.split(/\.|(?=\[)/).filter(Boolean);

function useValue(): (value: unknown) => string {
  const { t, i18n } = useTranslation();
  const word = useWord();
  const say = (value: unknown): string => {
    if (value === null || value === undefined || value === "") return t("policy.nothing");
    if (typeof value === "boolean") return t(value ? "policy.yes" : "policy.no");
    if (typeof value === "string") {
      const kind = KINDS.find((one) => i18n.exists(`${one}.${value}`));
      return kind ? word(kind, value) : value;
    }
    if (Array.isArray(value)) return value.length === 0 ? t("policy.nothing") : value.map(say).join(", ");
    if (typeof value === "object") {
      const named = value as Record<string, unknown>;
      const name = (i18n.language === "vi" ? named.name_vi : (named.name_en ?? named.name_vi)) ?? named.name ?? named.id ?? named.date;
      return typeof name === "string" ? name : Object.entries(named).map(([key, inner]) => `${word("policy_field", key)}: ${say(inner)}`).join("; ");
    }
    return String(value);
  };
  return say;
}

/** Every difference on a line: where, before, after. */
export function ChangeList({ changes }: { changes: Change[] }) {
  const { t } = useTranslation();
  const word = useWord();
  const value = useValue();
  if (changes.length === 0) return <p className="quiet">{t("policy.no_changes")}</p>;
  return (
    <ul className="changes" data-testid="changes">
      {changes.map((change) => (
        <li key={change.path}>
          <span className="change-path">
            {pathParts(change.path)
              .map((part) => (part.startsWith("[") ? part.slice(1, -1) : word("policy_field", part)))
              .join(" › ")}
          </span>
          <span className="change-values">
            <del>{value(change.from)}</del>
            <ArrowRight aria-hidden="true" />
            <ins>{value(change.to)}</ins>
          </span>
        </li>
      ))}
    </ul>
  );
}

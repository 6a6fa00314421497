import { CalendarDays, PencilLine, Plus, Scale } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { LawMeta, LawOnDay, LawTable } from "../../api/law-types";
import { useLaw, useLawChanges } from "../../api/law";
import { dayOf, written } from "../../format/days";
import { dong } from "../../format/money";
import { whole } from "../../format/numbers";
import { mayPropose } from "../../shell/places";
import { useAddress } from "../../shell/site";
import { useUser } from "../../shell/user";
import { Confidence } from "../../ui/confidence";
import { Loaded } from "../../ui/loaded";
import { PageHead } from "../../ui/page-head";
import { SearchField } from "../../ui/search-field";
import { Empty } from "../../ui/states";
import { useSay, useWord } from "../../ui/words";
import { DayField } from "../accesses/filters";
import { Chips } from "../figures/figures";
import { Changes } from "./changes";
import { LawEditor } from "./editor";

const TABS = ["behaviours", "caps", "deadlines", "holidays", "rules", "changes"] as const;
type Tab = (typeof TABS)[number];

export interface Editing {
  table: LawTable;
  row: (LawMeta & object) | null;
}

/** The law of a day: what is fined, who may sign how much, how long steps take, which days are off. */
export function LawPage() {
  const { t } = useTranslation();
  const user = useUser();
  const [address, change] = useAddress();
  const today = dayOf(Date.now());
  const on = address.get("on") || today;
  const tab: Tab = TABS.find((one) => one === address.get("tab")) ?? "behaviours";
  const q = (address.get("q") ?? "").toLowerCase();
  const query = useLaw(on);
  const open = (useLawChanges().data ?? []).filter(({ state }) => state === "proposed").length;
  const [editing, setEditing] = useState<Editing | null>(null);
  const edit = mayPropose(user) ? setEditing : undefined;
  return (
    <div className="page">
      <PageHead title={t("law.title")} lead={t("law.lead")} query={query}>
        <DayField word={t("law.on")} value={on} onChange={(day) => change({ on: day === today ? "" : day })} />
        {query.data && <span className="quiet">{t("law.version", { version: query.data.version })}</span>}
        <SearchField id="law-search" word={t("law.search")} value={address.get("q") ?? ""} onSearch={(text) => change({ q: text })} />
      </PageHead>
      <Chips label={t("law.table")} value={tab} options={TABS} word={(one) => (one === "changes" && open > 0 ? `${t("law.tab.changes")} (${open})` : t(`law.tab.${one}`))} onChange={(next) => change({ tab: next === "behaviours" ? "" : next })} />
      {tab === "changes" ? (
        <Changes />
      ) : (
        <Loaded query={query} count={8}>
          {(law) => <Table law={law} table={tab} q={q} onEdit={edit} />}
        </Loaded>
      )}
      {editing && <LawEditor editing={editing} on={on} onClose={() => setEditing(null)} onDone={() => change({ tab: "changes" })} />}
    </div>
  );
}

interface TableProps {
  law: LawOnDay;
  table: LawTable;
  q: string;
  onEdit?: (editing: Editing) => void;
}

interface Shown {
  row: LawMeta & object;
  key: string;
  cells: React.ReactNode[];
  text: string;
}

/** One table of the law as rows: what it says, by which text, since when. */
function Table({ law, table, q, onEdit }: TableProps) {
  const { t } = useTranslation();
  const shown = useRows(law, table).filter(({ text }) => text.toLowerCase().includes(q));
  return (
    <>
      {table === "holidays" && onEdit && (
        <button type="button" className="button law-add" onClick={() => onEdit({ table, row: null })}>
          <Plus aria-hidden="true" />
          {t("law.add_day")}
        </button>
      )}
      {shown.length === 0 && <Empty icon={table === "holidays" ? CalendarDays : Scale} title={t("law.empty")} hint={t("law.empty_hint")} />}
      {shown.length > 0 && (
        <div className="table-wrap">
          <table className="table law-table" data-testid="law-table">
            <caption className="sr-only">{t(`law.tab.${table}`)}</caption>
            <thead>
              <tr>
                {HEADS[table].map((head, at) => (
                  <th key={head} scope="col" className={at > 0 && at <= NUMBERS[table] ? "table-number" : ""}>
                    {t(`law.head.${head}`)}
                  </th>
                ))}
                <th scope="col">{t("law.head.basis")}</th>
                <th scope="col">{t("law.head.since")}</th>
                {onEdit && (
                  <th scope="col">
                    <span className="sr-only">{t("law.propose")}</span>
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              {shown.map(({ row, key, cells }) => (
                <tr key={key + row.valid_from} data-law={key}>
                  {cells.map((cell, at) => (
                    <td key={HEADS[table][at]} className={at > 0 && at <= NUMBERS[table] ? "table-number" : ""} data-word={at > 0 ? t(`law.head.${HEADS[table][at]}`) : undefined}>
                      {cell}
                    </td>
                  ))}
                  <td className="law-cell-basis">
                    {row.legal_basis} <Confidence of={row.confidence} />
                  </td>
                  <td className="law-since" data-word={t("law.head.since")}>
                    {written(row.valid_from)}
                    {row.valid_to && ` – ${written(row.valid_to)}`}
                  </td>
                  {onEdit && (
                    <td>
                      <button type="button" className="icon-button" aria-label={`${t("law.propose")}: ${key}`} title={t("law.propose")} onClick={() => onEdit({ table, row })}>
                        <PencilLine aria-hidden="true" />
                      </button>
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

const HEADS = {
  behaviours: ["behaviour", "range", "average", "points", "camera"],
  caps: ["post", "cap"],
  deadlines: ["step", "length", "from"],
  holidays: ["day", "kind"],
  rules: ["number", "value"],
} as const satisfies Record<LawTable, readonly string[]>;

/** How many columns after the first hold numbers. */
const NUMBERS: Record<LawTable, number> = { behaviours: 3, caps: 1, deadlines: 1, holidays: 0, rules: 1 };

function useRows(law: LawOnDay, table: LawTable): Shown[] {
  const { t, i18n } = useTranslation();
  const say = useSay();
  const word = useWord();
  const n = (amount: number) => dong(amount, i18n.language);
  if (table === "behaviours") {
    return law.behaviours.map((row) => ({
      row,
      key: row.key,
      text: `${row.key} ${row.clause} ${row.title_vi} ${row.title_en} ${row.text_vi}`,
      cells: [
        <span key="t" title={row.text_vi}>
          <span className="clause">{row.clause}</span> {say(row.title_vi, row.title_en)} <small>{word("law_vehicle", row.vehicle)}</small>
        </span>,
        `${n(row.fine_low)} – ${n(row.fine_high)}`,
        n((row.fine_low + row.fine_high) / 2),
        row.revoke_months_low ? t("law.revoke", { low: row.revoke_months_low, high: row.revoke_months_high ?? row.revoke_months_low }) : row.points || "–",
        word("law_camera", row.camera),
      ],
    }));
  }
  if (table === "caps") return law.caps.map((row) => ({ row, key: row.role, text: `${row.title_vi} ${row.title_en}`, cells: [say(row.title_vi, row.title_en), n(row.cap)] }));
  if (table === "deadlines") {
    return law.deadlines.map((row) => ({ row, key: row.kind, text: `${row.kind} ${row.title_vi} ${row.title_en}`, cells: [say(row.title_vi, row.title_en), t(`law.unit.${row.unit}`, { n: row.amount }), `${word("law_from", row.from)}${row.rolls ? ` · ${t("law.rolls")}` : ""}`] }));
  }
  if (table === "holidays") {
    const year = law.on.slice(0, 4);
    return law.holidays.filter(({ valid_from, valid_to }) => valid_from.slice(0, 4) <= year && year <= (valid_to ?? valid_from).slice(0, 4)).map((row) => ({ row, key: row.title_vi, text: `${row.title_vi} ${row.title_en}`, cells: [say(row.title_vi, row.title_en), word("law_day", row.kind)] }));
  }
  return law.rules.map((row) => ({ row, key: row.key, text: `${row.key} ${row.title_vi} ${row.title_en}`, cells: [say(row.title_vi, row.title_en), whole(row.value, i18n.language)] }));
}

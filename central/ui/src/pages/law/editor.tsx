import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { RowChange } from "../../api/law-types";
import { lawApi, lawKeys } from "../../api/law";
import { addDays, dayOf } from "../../format/days";
import { Dialog } from "../../ui/dialog";
import { Field, SelectField } from "../../ui/field";
import { Note, Refusal } from "../../ui/outcome";
import { useSay, useWord } from "../../ui/words";
import { DifferenceList } from "./changes";
import { EDITABLE, changesFor, rowWith, typedOf } from "./edit";
import type { Editing } from "./law";

const BLANK_DAY = { kind: "off", title_vi: "", title_en: "", legal_basis: "", confidence: "H" };

/** A proposed change of one row: typed, compared with what holds now, and then sent to another account to approve. */
export function LawEditor({ editing: { table, row }, on, onClose, onDone }: { editing: Editing; on: string; onClose: () => void; onDone: () => void }) {
  const { t } = useTranslation();
  const say = useSay();
  const word = useWord();
  const client = useQueryClient();
  const base = row ?? { ...BLANK_DAY, valid_from: on, valid_to: on };
  const [typed, setTyped] = useState(() => typedOf(table, base));
  const [from, setFrom] = useState(addDays(dayOf(Date.now()), 1));
  const [note, setNote] = useState("");
  const [tried, setTried] = useState(false);
  const next = rowWith(table, base, typed);
  const body = (): { valid_from: string; note: string; changes: RowChange[] } => ({ valid_from: from, note: note.trim(), changes: changesFor(table, row, next ?? {}, from) });
  const preview = useMutation({ mutationFn: () => lawApi.preview(body()) });
  const propose = useMutation({
    mutationFn: () => lawApi.propose(body()),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: lawKeys.changes });
      onClose();
      onDone();
    },
  });
  const good = next !== null && note.trim().length >= 5;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!good) return;
    if (preview.data) propose.mutate();
    else preview.mutate();
  };
  const set = (name: string, value: string) => {
    setTyped((old) => ({ ...old, [name]: value }));
    preview.reset();
  };
  const titled = row as { title_vi?: string; title_en?: string } | null;
  return (
    <Dialog title={`${t("law.propose")}: ${titled ? say(titled.title_vi, titled.title_en) : t("law.add_day")}`} open onClose={onClose}>
      <form className="form" onSubmit={submit} noValidate data-testid="law-editor">
        <Note>{t("law.four_eyes")}</Note>
        <div className="field-row">
          {EDITABLE[table].map(({ name, type }) => {
            const word_ = t(`law.field.${name}` as "law.field.cap");
            if (type === "confidence") return <SelectField key={name} word={word_} value={typed[name]} options={["H", "M", "L"].map((value) => ({ value, label: word("law_confidence", value) }))} onChange={(value) => set(name, value)} />;
            if (type === "unit") return <SelectField key={name} word={word_} value={typed[name]} options={["calendar_days", "working_days", "months", "years"].map((value) => ({ value, label: word("law_unit", value) }))} onChange={(value) => set(name, value)} />;
            if (type === "day_kind") return <SelectField key={name} word={word_} value={typed[name]} options={["off", "work"].map((value) => ({ value, label: word("law_day", value) }))} onChange={(value) => set(name, value)} />;
            return (
              <Field key={name} word={word_} trouble={tried && type === "number" && rowWith(table, base, { ...typedOf(table, base), [name]: typed[name] }) === null ? t("handlings.trouble.number") : null}>
                <input type={type === "date" ? "date" : "text"} inputMode={type === "number" ? "numeric" : undefined} value={typed[name]} autoComplete="off" onChange={(event) => set(name, event.target.value)} />
              </Field>
            );
          })}
        </div>
        <div className="field-row">
          <Field word={t("law.valid_from")} hint={t("law.valid_from_hint")}>
            <input
              type="date"
              value={from}
              onChange={(event) => {
                setFrom(event.target.value);
                preview.reset();
              }}
            />
          </Field>
          <Field word={t("law.why")} trouble={tried && note.trim().length < 5 ? t("handlings.trouble.reason_short") : null}>
            <textarea rows={2} value={note} maxLength={500} onChange={(event) => setNote(event.target.value)} />
          </Field>
        </div>
        {preview.data && (
          <section data-testid="law-preview">
            <h3>{t("law.difference")}</h3>
            <DifferenceList differences={preview.data.differences} />
          </section>
        )}
        <Refusal error={preview.error ?? propose.error} />
        <div className="form-acts">
          <button type="submit" className="button button-primary" aria-busy={preview.isPending || propose.isPending}>
            {t(preview.data ? "law.send" : "law.show_difference")}
          </button>
          <button type="button" className="button button-quiet" onClick={onClose}>
            {t("review.cancel")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

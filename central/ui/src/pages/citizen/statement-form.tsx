import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";

export const MOST_FILES = 5;
export const MOST_BYTES = 5 * 1024 * 1024;
const TYPES = /^(image\/(jpeg|png)|application\/pdf)$/;

/** What is wrong with chosen files, before anything is sent; central looks at their content. */
export function trouble(files: Pick<File, "size" | "type">[]): "too_many_files" | "too_large" | "bad_type" | null {
  if (files.length > MOST_FILES) return "too_many_files";
  if (files.some(({ size }) => size > MOST_BYTES)) return "too_large";
  return files.some(({ type }) => !TYPES.test(type)) ? "bad_type" : null;
}

interface Props {
  kind: "dispute" | "claim_transfer" | "explain";
  busy: boolean;
  onSend: (text: string, files: File[]) => void;
}

/** Words of one's own, with pictures or papers. */
export function StatementForm({ kind, busy, onSend }: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [files, setFiles] = useState<File[]>([]);
  const [tried, setTried] = useState(false);
  const short = text.trim().length < 10;
  const bad = trouble(files);
  const send = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!short && !bad) onSend(text.trim(), files);
  };
  return (
    <form onSubmit={send} noValidate>
      <p>{t(`citizen.statement.${kind}`)}</p>
      <label className={tried && short ? "v-wrong" : ""}>
        <span>{t("citizen.your_words")}</span>
        <textarea rows={6} maxLength={4000} value={text} aria-invalid={tried && short} onChange={(event) => setText(event.target.value)} />
        {tried && short && <small>{t("citizen.words_short")}</small>}
      </label>
      <label className={bad ? "v-wrong" : ""}>
        <span>{t("citizen.files")}</span>
        <input type="file" multiple accept="image/jpeg,image/png,application/pdf" onChange={(event) => setFiles([...(event.target.files ?? [])])} />
        <small>{bad ? t(`citizen.failed.${bad}`) : t("citizen.files_hint")}</small>
      </label>
      <button type="submit" className="v-primary" disabled={busy || bad !== null}>
        {t(busy ? "citizen.sending" : "citizen.send")}
      </button>
    </form>
  );
}

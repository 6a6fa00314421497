import { type FormEvent, useEffect, useRef, useState } from "react";
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

/** A file's size in the unit a person would say: `320 byte`, `12 KB`, `1,5 MB`. */
export function size(count: number, language: string): string {
  const [share, unit, digits] = count < 1024 ? [count, "byte", 0] : count < 1024 * 1024 ? [count / 1024, "KB", 0] : [count / 1024 / 1024, "MB", 1];
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: digits as number }).format(share as number)} ${unit}`;
}

/** Files as chosen so far with those chosen now; one that was chosen again is there once. */
export function together<F extends Pick<File, "name" | "size">>(old: readonly F[], now: readonly F[]): F[] {
  return [...old, ...now.filter((file) => !old.some(({ name, size }) => name === file.name && size === file.size))];
}

interface Props {
  kind: "dispute" | "claim_transfer" | "explain";
  busy: boolean;
  onSend: (text: string, files: File[]) => void;
}

/** Words of one's own, with pictures or papers. */
export function StatementForm({ kind, busy, onSend }: Props) {
  const { t, i18n } = useTranslation();
  const [text, setText] = useState("");
  const [files, setFiles] = useState<File[]>([]);
  const [tried, setTried] = useState(false);
  const short = text.trim().length < 10;
  const bad = trouble(files);
  // On a telephone the list lies below the field: what is wrong with a file is brought into view.
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    if (files.some((file) => trouble([file]))) list.current?.querySelector(".c-file-wrong")?.scrollIntoView({ block: "center" });
  }, [files]);
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
      <label className={bad === "too_many_files" ? "v-wrong" : ""}>
        <span>{t("citizen.files")}</span>
        <input type="file" multiple accept="image/jpeg,image/png,application/pdf" onChange={(event) => {
            const now = [...(event.target.files ?? [])];
            // Empty again, so that the same file can be chosen after it was taken out.
            event.target.value = "";
            setFiles((old) => together(old, now));
          }} />
        <small>{bad === "too_many_files" ? t("citizen.failed.too_many_files") : t("citizen.files_hint")}</small>
      </label>
      {files.length > 0 && (
        <ul className="c-files" ref={list}>
          {files.map((file) => {
            const wrong = trouble([file]);
            return (
              <li key={file.name + file.size} className={wrong ? "c-file-wrong" : ""}>
                <span>
                  {file.name} {wrong ? <small role="alert">{t(`citizen.file_wrong.${wrong}`, { name: file.name })}</small> : <small>{size(file.size, i18n.language)}</small>}
                </span>
                <button type="button" className="c-remove" aria-label={t("citizen.remove", { name: file.name })} onClick={() => setFiles((old) => old.filter((one) => one !== file))}>
                  ×
                </button>
              </li>
            );
          })}
        </ul>
      )}
      <button type="submit" className="v-primary" disabled={busy || bad !== null}>
        {t(busy ? "citizen.sending" : "citizen.send")}
      </button>
    </form>
  );
}

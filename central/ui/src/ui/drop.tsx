import { FileSpreadsheet, Upload } from "lucide-react";
import { type DragEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

/** A place to drop a table on, or to choose it from the device. */
export function DropFile({ file, onFile, accept }: { file: File | null; onFile: (file: File) => void; accept: string }) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const dropped = event.dataTransfer.files.item(0);
    if (dropped) onFile(dropped);
  };
  return (
    <div
      className={`drop ${over ? "drop-over" : ""}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      {file ? <FileSpreadsheet aria-hidden="true" /> : <Upload aria-hidden="true" />}
      <p>{file ? file.name : t("import.drop")}</p>
      <button type="button" className="button" onClick={() => input.current?.click()}>
        {t(file ? "import.other_file" : "import.choose")}
      </button>
      <input
        ref={input}
        type="file"
        accept={accept}
        className="sr-only"
        tabIndex={-1}
        aria-label={t("import.file")}
        onChange={(event) => {
          const chosen = event.target.files?.item(0);
          if (chosen) onFile(chosen);
          // The same file, put right and chosen again, has to be read again.
          event.target.value = "";
        }}
      />
    </div>
  );
}

import { CircleAlert, CircleCheck, Info, ScanLine, X } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useText } from "../i18n";
import type { Present } from "./use-present";

/** The place where a scan can be pasted or typed; readers need it only when their burst is not seen. S leads here. */
export function ScanField({ present }: { present: Present }) {
  const { t } = useText();
  const [text, setText] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() && present.scan(text)) setText("");
  };
  const { message } = present;
  const Icon = message?.tone === "done" ? CircleCheck : message?.tone === "info" ? Info : CircleAlert;
  return (
    <form className="scan" onSubmit={submit}>
      <label className="scan-field">
        <ScanLine aria-hidden="true" />
        <span className="sr-only">{t("scan.label")}</span>
        <input
          id="scan"
          data-scan=""
          value={text}
          placeholder={t("scan.hint")}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") event.currentTarget.blur();
          }}
        />
        <kbd>S</kbd>
      </label>
      {text.trim() && (
        <button type="submit" className="button">
          {t("scan.submit")}
        </button>
      )}
      {message && (
        <div className="scan-message" role={message.tone === "problem" ? "alert" : "status"} data-tone={message.tone}>
          <Icon aria-hidden="true" />
          <span>{message.text}</span>
          {message.others && (
            <span className="scan-others">
              {t("scan.try_as")}
              {message.others.map((request) => (
                <button key={request.shown} type="button" className="button" onClick={() => void present.send(request)}>
                  {t(`shown.${request.shown === "ticket" ? "ticket" : "vneid"}`)}
                </button>
              ))}
            </span>
          )}
          <button type="button" className="icon-button" onClick={present.dismiss} aria-label={t("scan.dismiss")}>
            <X aria-hidden="true" />
          </button>
        </div>
      )}
    </form>
  );
}

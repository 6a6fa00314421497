import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { citizenApi } from "../../api/citizen";
import { said } from "./words";

/** Who is it? VNeID may answer for everything; number and code of a notice may only look. */
export function SignIn({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const [way, setWay] = useState<"vneid" | "notice">("vneid");
  const [token, setToken] = useState("");
  const [number, setNumber] = useState("");
  const [code, setCode] = useState("");
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState("");
  const enter = (event: FormEvent) => {
    event.preventDefault();
    if (way === "vneid" ? !token.trim() : !number.trim() || !code.trim()) return;
    setBusy(true);
    setFailed("");
    const asked = way === "vneid" ? citizenApi.signIn(token.trim()) : citizenApi.byNotice(number.trim(), code.trim());
    asked.then(onDone, (error: unknown) => setFailed(said(t, error))).finally(() => setBusy(false));
  };
  return (
    <form onSubmit={enter}>
      <h1>{t("citizen.welcome")}</h1>
      <p>{t(way === "vneid" ? "citizen.vneid_text" : "citizen.notice_text")}</p>
      {way === "vneid" ? (
        <label>
          <span>{t("citizen.token")}</span>
          <input value={token} maxLength={2048} autoComplete="off" spellCheck={false} onChange={(event) => setToken(event.target.value)} />
        </label>
      ) : (
        <>
          <label>
            <span>{t("citizen.notice_number")}</span>
            <input value={number} maxLength={64} autoComplete="off" spellCheck={false} onChange={(event) => setNumber(event.target.value)} />
          </label>
          <label>
            <span>{t("citizen.notice_code")}</span>
            <input value={code} maxLength={32} autoComplete="off" autoCapitalize="characters" spellCheck={false} onChange={(event) => setCode(event.target.value)} />
            <small>{t("citizen.notice_code_hint")}</small>
          </label>
        </>
      )}
      {failed && (
        <p className="v-problem" role="alert">
          {failed}
        </p>
      )}
      <button type="submit" className="v-primary" disabled={busy}>
        {t(way === "vneid" ? "citizen.enter_vneid" : "citizen.enter_notice")}
      </button>
      <button
        type="button"
        className="v-link"
        onClick={() => {
          setFailed("");
          setWay(way === "vneid" ? "notice" : "vneid");
        }}
      >
        {t(way === "vneid" ? "citizen.use_notice" : "citizen.use_vneid")}
      </button>
    </form>
  );
}

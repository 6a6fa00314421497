import { type FormEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../../api/client";
import { type VerifiedDocument, citizenApi } from "../../api/citizen";
import { isDay, written } from "../../format/days";
import { date } from "../../format/time";
import { Top } from "../public/top";

const idInAddress = () => /^\/xac-minh\/([a-z0-9]+)\/?$/i.exec(window.location.pathname)?.[1] ?? "";

/** What stands behind the path where a code would, though it is none. */
const noCodeInAddress = () => !idInAddress() && /^\/xac-minh\/.+/.test(window.location.pathname);

const hex = (bytes: ArrayBuffer) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** Is this paper ours, and is it still so? The file itself never leaves the phone: only its hash is compared. */
export function VerificationPage() {
  const { t } = useTranslation();
  const [id, setId] = useState(idInAddress);
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState<"no_code" | "empty" | null>(() => (noCodeInAddress() ? "no_code" : null));
  const [found, setFound] = useState<VerifiedDocument | null>(null);
  const [problem, setProblem] = useState<"unknown" | "throttled" | "unreachable" | null>(null);
  useEffect(() => {
    if (!id) return;
    setFound(null);
    setProblem(null);
    citizenApi.document(id).then(setFound, (error: unknown) => {
      const status = error instanceof ApiError ? error.status : 0;
      setProblem(status === 404 ? "unknown" : status === 429 ? "throttled" : "unreachable");
    });
  }, [id]);
  const look = (event: FormEvent) => {
    event.preventDefault();
    const wanted = typed.trim().toLowerCase().replace(/[^a-z0-9]/g, "");
    if (!wanted) return setWrong(typed.trim() ? "no_code" : "empty");
    setWrong(null);
    window.history.pushState(null, "", `/xac-minh/${wanted}`);
    setId(wanted);
  };
  return (
    <div className="visitor citizen">
      <Top title={t("paper.title")} language={t("paper.language")} />
      <main>
        {!id && (
          <form onSubmit={look}>
            <h1>{t("paper.welcome")}</h1>
            <p>{t("paper.text")}</p>
            <label className={wrong ? "v-wrong" : ""}>
              <span>{t("paper.code")}</span>
              <input value={typed} aria-invalid={wrong !== null} aria-describedby={wrong ? "code-wrong" : undefined} maxLength={64} autoComplete="off" spellCheck={false} onChange={(event) => setTyped(event.target.value)} />
              {wrong && (
                <small id="code-wrong" role="alert" data-wrong={wrong}>
                  {t(`paper.${wrong}`)}
                </small>
              )}
            </label>
            <button type="submit" className="v-primary">
              {t("paper.look")}
            </button>
          </form>
        )}
        {id && !found && !problem && <p aria-busy="true">{t("paper.loading")}</p>}
        {problem && (
          <div className="v-problem" role="alert" data-problem={problem}>
            <p>{t(`paper.${problem}`)}</p>
          </div>
        )}
        {found && <Found found={found} id={id} />}
        {id && (
          <button
            type="button"
            className="v-link"
            onClick={() => {
              window.history.pushState(null, "", "/xac-minh");
              setId("");
              setProblem(null);
              setFound(null);
            }}
          >
            {t("paper.another")}
          </button>
        )}
      </main>
    </div>
  );
}

function Found({ found, id }: { found: VerifiedDocument; id: string }) {
  const { t } = useTranslation();
  const [same, setSame] = useState<boolean | null>(null);
  const [failed, setFailed] = useState(false);
  const check = async (file: File | undefined) => {
    setSame(null);
    setFailed(false);
    if (!file) return;
    try {
      const sha256 = hex(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
      setSame((await citizenApi.checkDocument(id, sha256)).same);
    } catch {
      setFailed(true);
    }
  };
  return (
    <section>
      <p className={`v-state ${found.state === "valid" ? "v-state-approved" : "v-state-refused"}`} role="status" data-state={found.state}>
        {t(`paper.state.${found.state}`)}
      </p>
      <h1>{t(`paper.kind.${found.kind}`, { defaultValue: found.kind })}</h1>
      {found.joined_into && <p className="v-reason">{t("paper.joined_into", { number: found.joined_into })}</p>}
      <dl className="c-facts">
        <dt>{t("paper.number")}</dt>
        <dd>{found.number}</dd>
        <dt>{t("paper.issued")}</dt>
        <dd>{isDay(found.issued_on ?? "") ? written(found.issued_on ?? "") : (found.issued_on ?? date(found.issued_at))}</dd>
        <dt>{t("paper.unit")}</dt>
        <dd>{found.unit}</dd>
        {found.signer && (
          <>
            <dt>{t("paper.signer")}</dt>
            <dd>{found.signer}</dd>
          </>
        )}
        {found.plate_masked && (
          <>
            <dt>{t("paper.plate")}</dt>
            <dd className="c-plate">{found.plate_masked}</dd>
          </>
        )}
        <dt>SHA-256</dt>
        <dd className="c-hash">{found.sha256}</dd>
      </dl>
      <label>
        <span>{t("paper.compare")}</span>
        <input type="file" accept="application/pdf" onChange={(event) => void check(event.target.files?.[0])} />
        <small>{t("paper.compare_hint")}</small>
      </label>
      {same !== null && (
        <p className={same ? "v-good" : "v-problem"} role="status" data-same={same}>
          {t(same ? "paper.same" : "paper.different")}
        </p>
      )}
      {failed && (
        <p className="v-problem" role="alert">
          {t("paper.unreachable")}
        </p>
      )}
    </section>
  );
}

import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../../api/client";
import { type CitizenCase, citizenApi } from "../../api/citizen";
import { Top } from "../public/top";
import { CasePage } from "./case";
import { CaseList } from "./list";
import { SignIn } from "./sign-in";
import { said } from "./words";

const refInAddress = () => /^\/vi-pham\/([a-z0-9]+)\/?$/i.exec(window.location.pathname)?.[1] ?? null;

/** Somebody looks at their own case: signs in, sees, answers, pays. One thing to do at a time. */
export function CitizenPage() {
  const { t } = useTranslation();
  const [ref, setRef] = useState(refInAddress);
  const [cases, setCases] = useState<CitizenCase[] | null>(null);
  const [signedOut, setSignedOut] = useState(false);
  const [failed, setFailed] = useState("");

  const load = useCallback(() => {
    setFailed("");
    citizenApi.cases().then(
      ({ items }) => {
        setSignedOut(false);
        setCases(items);
      },
      (error: unknown) => (error instanceof ApiError && error.status === 401 ? setSignedOut(true) : setFailed(said(t, error))),
    );
  }, [t]);
  useEffect(load, [load]);
  useEffect(() => {
    const moved = () => setRef(refInAddress());
    window.addEventListener("popstate", moved);
    return () => window.removeEventListener("popstate", moved);
  }, []);

  const go = (to: string | null) => {
    window.history.pushState(null, "", to ? `/vi-pham/${to}` : "/vi-pham");
    setRef(to);
    window.scrollTo(0, 0);
    if (!to) load();
  };
  const leave = () => {
    void citizenApi.signOut().finally(() => {
      setCases(null);
      setSignedOut(true);
      go(null);
    });
  };
  return (
    <div className="visitor citizen">
      <Top title={t("citizen.title")} language={t("citizen.language")} />
      <main>
        {signedOut && <SignIn onDone={load} />}
        {!signedOut && cases && ref && <CasePage key={ref} caseRef={ref} onBack={() => go(null)} onSignedOut={() => setSignedOut(true)} />}
        {!signedOut && cases && !ref && <CaseList cases={cases} onOpen={go} />}
        {failed && (
          <div className="v-problem" role="alert">
            <p>{failed}</p>
            <button type="button" className="v-link" onClick={load}>
              {t("citizen.again")}
            </button>
          </div>
        )}
      </main>
      {!signedOut && cases && (
        <footer className="v-foot">
          <button type="button" className="v-link" onClick={leave}>
            {t("citizen.sign_out")}
          </button>
        </footer>
      )}
    </div>
  );
}

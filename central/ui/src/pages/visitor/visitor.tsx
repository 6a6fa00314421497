import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../../api/client";
import { membersApi } from "../../api/members";
import type { PublicSite } from "../../api/types";
import { Top } from "../public/top";
import { BLANK, codeOf, toVisit } from "./form";
import { Details } from "./details";
import { Notice } from "./notice";
import { Booked } from "./booked";

type Step = { at: "start" } | { at: "details" } | { at: "notice" } | { at: "code"; code: string };

const codeInAddress = () => codeOf(decodeURIComponent(window.location.hash.slice(1)));

/** What central says is wrong with which field, in the visitor's language; else its plain words. */
function saidOf(error: ApiError, language: string): string {
  const troubles = (error.body as { problems?: { vi: string; en: string }[] } | null)?.problems ?? [];
  return troubles.length > 0 ? troubles.map((problem) => (language === "vi" ? problem.vi : problem.en)).join(". ") : error.detail;
}

/** Registers a visit: details, consent, code. One thing to do at a time; what was typed stays until it is done. */
export function VisitorPage() {
  const { t, i18n } = useTranslation();
  const [step, setStep] = useState<Step>(() => (codeInAddress() ? { at: "code", code: codeInAddress() } : { at: "start" }));
  const [sites, setSites] = useState<PublicSite[] | null>(null);
  const [failed, setFailed] = useState("");
  const [typed, setTyped] = useState(BLANK);
  const [sending, setSending] = useState(false);

  const load = () => {
    setFailed("");
    membersApi.publicSites().then(
      (found) => {
        setSites(found);
        setTyped((old) => ({ ...old, site: old.site || (found[0]?.id ?? "") }));
      },
      (error: unknown) => setFailed(words(error)),
    );
  };
  const words = (error: unknown) =>
    error instanceof ApiError && error.status === 429 ? t("visitor.throttled") : error instanceof ApiError && !error.unreachable && saidOf(error, i18n.language) ? saidOf(error, i18n.language) : t("visitor.unreachable");
  useEffect(load, []);
  useEffect(() => {
    const moved = () => setStep(codeInAddress() ? { at: "code", code: codeInAddress() } : { at: "start" });
    window.addEventListener("hashchange", moved);
    return () => window.removeEventListener("hashchange", moved);
  }, []);
  useEffect(() => {
    void window.scrollTo(0, 0);
  }, [step.at]);

  const site = sites?.find(({ id }) => id === typed.site);
  const go = (code: string) => {
    window.location.hash = code;
    setStep({ at: "code", code });
  };
  const send = async () => {
    setSending(true);
    setFailed("");
    try {
      const made = await membersApi.book({ ...toVisit(typed), ...(site?.notice_version && { notice_version: site.notice_version }) });
      setTyped({ ...BLANK, site: typed.site });
      go(made.code);
    } catch (error) {
      setFailed(words(error));
    } finally {
      setSending(false);
    }
  };
  return (
    <div className="visitor">
      <Top title={t("visitor.title")} language={t("visitor.language")} />
      <main>
        {step.at === "start" && <Start onNew={() => setStep({ at: "details" })} onCode={go} />}
        {step.at === "details" && <Details sites={sites} typed={typed} onChange={setTyped} onNext={() => setStep({ at: "notice" })} onBack={() => setStep({ at: "start" })} />}
        {step.at === "notice" && <Notice site={site} sending={sending} onAgree={() => void send()} onBack={() => setStep({ at: "details" })} />}
        {step.at === "code" && <Booked key={step.code} code={step.code} words={words} onLeave={() => { window.location.hash = ""; setStep({ at: "start" }); }} />}
        {failed && step.at !== "code" && (
          <div className="v-problem" role="alert">
            <p>{failed}</p>
            {!sites && (
              <button type="button" className="v-link" onClick={load}>
                {t("visitor.again")}
              </button>
            )}
          </div>
        )}
      </main>
      {site && <footer className="v-foot">{t("visitor.dpo", { contact: site.dpo })}</footer>}
    </div>
  );
}

function Start({ onNew, onCode }: { onNew: () => void; onCode: (code: string) => void }) {
  const { t } = useTranslation();
  const [code, setCode] = useState("");
  return (
    <>
      <h1>{t("visitor.welcome")}</h1>
      <p>{t("visitor.welcome_text")}</p>
      <button type="button" className="v-primary" onClick={onNew}>
        {t("visitor.begin")}
      </button>
      <form
        className="v-have"
        onSubmit={(event) => {
          event.preventDefault();
          if (codeOf(code)) onCode(codeOf(code));
        }}
      >
        <label>
          <span>{t("visitor.have_code")}</span>
          <input value={code} maxLength={16} autoComplete="off" autoCapitalize="characters" spellCheck={false} onChange={(event) => setCode(event.target.value)} />
        </label>
        <button type="submit" className="v-second">
          {t("visitor.look")}
        </button>
      </form>
    </>
  );
}

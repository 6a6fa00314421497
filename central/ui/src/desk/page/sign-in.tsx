import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CircleAlert, Delete, Languages, LogIn } from "lucide-react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { chooseLanguage } from "../../i18n";
import { Mark } from "../../shell/mark";
import { usePageTitle } from "../../ui/title";
import { desk, DeskError } from "../api/client";
import { keys } from "../api/queries";
import { useText } from "../i18n";
import { player } from "../sound/player";

const USER = "vg.desk.user";

function useProblem(error: Error | null, missing: boolean, waitS: number): string | null {
  const { t } = useText();
  if (missing) return t("sign_in.missing");
  if (!error) return null;
  if (!(error instanceof DeskError)) return t("sign_in.failed", { detail: error.message });
  if (error.code === "no_list") return t("sign_in.no_list");
  if (error.status === 429) return waitS > 0 ? t("sign_in.throttled", { n: waitS }) : null;
  if (error.status === 401) return t("sign_in.wrong_pin");
  if (error.unreachable) return t("sign_in.unreachable");
  return t("sign_in.failed", { detail: error.detail || error.code });
}

/** Seconds until the desk takes another try. */
function useWait(error: Error | null): number {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (!(error instanceof DeskError) || error.status !== 429) return setLeft(0);
    const until = Date.now() + (error.retryAfter ?? 60) * 1000;
    const tick = () => setLeft(Math.max(0, Math.ceil((until - Date.now()) / 1000)));
    tick();
    const timer = setInterval(tick, 500);
    return () => clearInterval(timer);
  }, [error]);
  return left;
}

export function SignInPage() {
  const { t, language } = useText();
  const client = useQueryClient();
  const [user, setUser] = useState(() => localStorage.getItem(USER) ?? "");
  const [pin, setPin] = useState("");
  const [missing, setMissing] = useState(false);
  const pinField = useRef<HTMLInputElement>(null);
  usePageTitle(t("app.name"));
  const signIn = useMutation({
    mutationFn: () => desk.signIn(user.trim(), pin),
    onSuccess: (session) => {
      localStorage.setItem(USER, session.user);
      client.setQueryData(keys.session, session);
    },
    onError: () => {
      setPin("");
      pinField.current?.focus();
    },
  });
  const waitS = useWait(signIn.error);
  const problem = useProblem(signIn.error, missing, waitS);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    player.unlock(); // this press is what lets the browser give sound
    const incomplete = !user.trim() || !pin;
    setMissing(incomplete);
    if (!incomplete && !signIn.isPending && waitS === 0) signIn.mutate();
  };
  const add = (digit: string) => setPin((old) => (old.length < 12 ? old + digit : old));
  return (
    <main className="gate-in" id="main">
      <form className="gate-in-card" onSubmit={submit} noValidate>
        <header>
          <Mark />
          <h1>{t("sign_in.title")}</h1>
          <button type="button" className="icon-button" lang={language === "vi" ? "en" : "vi"} onClick={() => chooseLanguage(language === "vi" ? "en" : "vi")} data-testid="language">
            <Languages aria-hidden="true" />
            {t("header.language")}
          </button>
        </header>
        <label className="field">
          <span>{t("sign_in.user")}</span>
          <input name="user" autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus={!user} value={user} onChange={(event) => setUser(event.target.value)} />
        </label>
        <label className="field">
          <span>{t("sign_in.pin")}</span>
          <input name="pin" type="password" inputMode="numeric" autoComplete="off" autoFocus={user !== ""} ref={pinField} value={pin} onChange={(event) => setPin(event.target.value.replace(/\D/g, "").slice(0, 12))} aria-describedby="sign-in-problem" aria-invalid={signIn.isError} />
        </label>
        <p className="sr-only" role="status">{pin && t("sign_in.entered", { count: pin.length, n: pin.length })}</p>
        <div className="pad">
          {["1", "2", "3", "4", "5", "6", "7", "8", "9"].map((digit) => (
            <button key={digit} type="button" className="pad-key" onClick={() => add(digit)} aria-label={t("sign_in.digit", { n: digit })}>
              {digit}
            </button>
          ))}
          <button type="button" className="pad-key pad-word" onClick={() => setPin("")}>{t("sign_in.clear")}</button>
          <button type="button" className="pad-key" onClick={() => add("0")} aria-label={t("sign_in.digit", { n: 0 })}>0</button>
          <button type="button" className="pad-key" onClick={() => setPin((old) => old.slice(0, -1))} aria-label={t("sign_in.back")}>
            <Delete aria-hidden="true" />
          </button>
        </div>
        <div id="sign-in-problem" role="alert">
          {problem && (
            <p className="problem">
              <CircleAlert aria-hidden="true" />
              {problem}
            </p>
          )}
        </div>
        <button type="submit" className="button button-primary button-large" aria-busy={signIn.isPending} disabled={waitS > 0}>
          <LogIn aria-hidden="true" />
          {t(signIn.isPending ? "sign_in.busy" : "sign_in.submit")}
        </button>
        <p className="sign-in-note">{t("sign_in.note")}</p>
      </form>
    </main>
  );
}

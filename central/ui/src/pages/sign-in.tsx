import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CircleAlert, Eye, EyeOff, Languages } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError, api } from "../api/client";
import { forgetLeaving, keys } from "../api/queries";
import { chooseLanguage } from "../i18n";
import { Mark } from "../shell/mark";
import { usePageTitle } from "../ui/title";

function useProblem(error: Error | null, missing: boolean): string | null {
  const { t } = useTranslation();
  if (missing) return t("sign_in.missing");
  if (!error) return null;
  if (!(error instanceof ApiError)) return t("sign_in.failed", { detail: error.message });
  if (error.unreachable) return t("sign_in.unreachable");
  if (error.status === 429) return t("sign_in.rate_limited");
  if (error.status === 401) return t("sign_in.bad_credentials");
  return t("sign_in.failed", { detail: error.message });
}

export function SignInPage() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [shown, setShown] = useState(false);
  const [missing, setMissing] = useState(false);
  const [caps, setCaps] = useState(false);
  const passwordField = useRef<HTMLInputElement>(null);
  usePageTitle(t("sign_in.title"));

  const signIn = useMutation({
    mutationFn: () => api.signIn(username.trim(), password),
    onSuccess: (user) => {
      forgetLeaving();
      client.setQueryData(keys.session, user);
    },
    onError: () => {
      passwordField.current?.focus();
      passwordField.current?.select();
    },
  });
  const problem = useProblem(signIn.error, missing);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const incomplete = !username.trim() || !password;
    setMissing(incomplete);
    if (!incomplete && !signIn.isPending) signIn.mutate();
  };
  const ToggleIcon = shown ? EyeOff : Eye;

  return (
    <div className="sign-in">
      <Scene />
      <main className="sign-in-side" id="main">
        <LanguageSwitch />
        <form className="sign-in-form" onSubmit={submit} noValidate>
          <div className="sign-in-brand">
            <Mark />
            <span>{t("app.name")}</span>
          </div>
          <h1>{t("sign_in.title")}</h1>
          <label className="field">
            <span>{t("sign_in.username")}</span>
            <input
              name="username"
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              autoFocus
              value={username}
              onChange={(event) => setUsername(event.target.value)}
            />
          </label>
          <div className="field">
            <label htmlFor="password">{t("sign_in.password")}</label>
            <div className="field-with-button">
              <input
                id="password"
                name="password"
                ref={passwordField}
                type={shown ? "text" : "password"}
                autoComplete="current-password"
                value={password}
                onChange={(event) => setPassword(event.target.value)}
                onKeyUp={(event) => setCaps(event.getModifierState("CapsLock"))}
                aria-describedby="sign-in-problem"
                aria-invalid={signIn.isError}
              />
              <button type="button" className="icon-button" onClick={() => setShown(!shown)} aria-label={t(shown ? "sign_in.hide" : "sign_in.show")}>
                <ToggleIcon aria-hidden="true" />
              </button>
            </div>
            {caps && <small>{t("sign_in.caps")}</small>}
          </div>
          <div id="sign-in-problem" role="alert" aria-live="assertive">
            {problem && (
              <p className="problem">
                <CircleAlert aria-hidden="true" />
                {problem}
              </p>
            )}
          </div>
          <button type="submit" className="button button-primary button-large" aria-busy={signIn.isPending}>
            {t(signIn.isPending ? "sign_in.busy" : "sign_in.submit")}
          </button>
          <p className="sign-in-note">{t("sign_in.note")}</p>
        </form>
      </main>
    </div>
  );
}

function LanguageSwitch() {
  const { t, i18n } = useTranslation();
  const other = i18n.language === "vi" ? "en" : "vi";
  return (
    <button type="button" className="button button-quiet sign-in-language" lang={other} onClick={() => chooseLanguage(other)} data-testid="language">
      <Languages aria-hidden="true" />
      {t("header.switch_language")}
    </button>
  );
}

/** A gate at dusk, seen from the watchtower: decoration only. */
function Scene() {
  const { t } = useTranslation();
  return (
    <div className="sign-in-scene" aria-hidden="true">
      <svg viewBox="0 0 800 900" preserveAspectRatio="xMidYMax slice">
        <path className="scene-far" d="M0 520 120 470l90 30 130-90 120 70 110-60 130 80 100-40v440H0z" />
        <path className="scene-near" d="M0 600 160 560l140 40 180-50 160 40 160-30v340H0z" />
        <path className="scene-road" d="M150 900 330 592h36l120 308z" />
        <path className="scene-line" d="M346 612 343 636M340 660 336 696M332 724 326 776M320 812 310 900" />
        <path className="scene-tower" d="M560 392 640 340l80 52-9 12-71-46-71 46zM580 410h120v26H580zM592 450h96v14h-96zM596 466h18l-10 434h-26zM666 466h18l18 434h-26zM606 560h68v10h-68zM600 680h80v10h-80z" />
        <circle className="scene-lamp" cx="640" cy="392" r="9" />
        <path className="scene-beam" d="M637 390 196 770l250 66z" />
        <path className="scene-gate" d="M198 796h16v-92h-16zM214 716l262-34 1 9-263 36z" />
        <path className="scene-stripe" d="M262 710l44-6 1 9-44 6zM350 698l44-5 1 9-44 6zM436 687l38-5 1 9-38 5z" />
      </svg>
      <p>{t("app.tagline")}</p>
    </div>
  );
}

import { Check, CircleAlert, Info } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../api/client";
import { useSay, useWord } from "./words";

interface Trouble {
  path: string;
  vi: string;
  en: string;
}

/** Why something was not saved, in words, field by field where central says so; what was typed is still there. */
export function Refusal({ error }: { error: Error | null | undefined }) {
  const { t } = useTranslation();
  const say = useSay();
  const word = useWord();
  if (!error) return null;
  const troubles = error instanceof ApiError ? ((error.body as { problems?: Trouble[] } | null)?.problems ?? []) : [];
  if (troubles.length > 0) {
    return (
      <div className="problem" role="alert">
        <CircleAlert aria-hidden="true" />
        <ul>
          {troubles.map((problem) => (
            <li key={problem.path + problem.vi}>{say(problem.vi, problem.en)}</li>
          ))}
        </ul>
      </div>
    );
  }
  const refused = error instanceof ApiError ? word("refused", error.code) : "";
  if (error instanceof ApiError && refused !== error.code) {
    return (
      <p className="problem" role="alert">
        <CircleAlert aria-hidden="true" />
        {refused}
      </p>
    );
  }
  const unreachable = error instanceof ApiError && error.unreachable;
  const throttled = error instanceof ApiError && error.status === 429;
  return (
    <p className="problem" role="alert">
      <CircleAlert aria-hidden="true" />
      {throttled ? t("state.throttled") : t("state.not_saved", { detail: unreachable ? t("state.unreachable") : error.message })}
    </p>
  );
}

export function Problem({ children }: { children: ReactNode }) {
  return (
    <p className="problem" role="alert">
      <CircleAlert aria-hidden="true" />
      <span>{children}</span>
    </p>
  );
}

export function Done({ children }: { children: ReactNode }) {
  return (
    <p className="done" role="status">
      <Check aria-hidden="true" />
      <span>{children}</span>
    </p>
  );
}

/** Something to know, which is no trouble. */
export function Note({ children, tone = "unknown" }: { children: ReactNode; tone?: "unknown" | "wait" | "possible" }) {
  return (
    <p className={`note tone-${tone}`}>
      <Info aria-hidden="true" />
      <span>{children}</span>
    </p>
  );
}

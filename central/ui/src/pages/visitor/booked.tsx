import { type FormEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../../api/client";
import { membersApi } from "../../api/members";
import type { PublicVisit, VisitState } from "../../api/types";
import { written } from "../../format/days";
import { Qr } from "../../ui/qr";

const LOOK_EVERY_MS = 20_000;
const BIND = ["vneid_expired", "vneid_replayed", "vneid_invalid", "vneid_level"] as const;
const OVER: VisitState[] = ["refused", "cancelled", "expired", "arrived"];

interface Props {
  code: string;
  words: (error: unknown) => string;
  onLeave: () => void;
}

/** The state of a registration by its code. No name, number or plate ever comes back here. */
export function Booked({ code, words, onLeave }: Props) {
  const { t } = useTranslation();
  const [visit, setVisit] = useState<PublicVisit | null>(null);
  const [failed, setFailed] = useState("");
  const [gone, setGone] = useState(false);
  const look = () =>
    membersApi.booked(code).then(
      (found) => {
        setVisit(found);
        setFailed("");
      },
      (error: unknown) => (error instanceof ApiError && error.status === 404 ? setGone(true) : setFailed(words(error))),
    );
  useEffect(() => {
    void look();
    const timer = setInterval(() => void look(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [code]);
  if (gone) {
    return (
      <section>
        <h1>{t("visitor.no_such")}</h1>
        <p>{t("visitor.no_such_text")}</p>
        <button type="button" className="v-primary" onClick={onLeave}>
          {t("visitor.begin")}
        </button>
      </section>
    );
  }
  return (
    <section>
      {visit && <Shown visit={visit} code={code} />}
      {failed && (
        <p className="v-problem" role="alert">
          {failed}
        </p>
      )}
      {visit && !OVER.includes(visit.state) && <Further code={code} visit={visit} words={words} onChange={setVisit} onLook={() => void look()} />}
      <button type="button" className="v-link" onClick={onLeave}>
        {t("visitor.another")}
      </button>
    </section>
  );
}

function Shown({ visit, code }: { visit: PublicVisit; code: string }) {
  const { t, i18n } = useTranslation();
  const reason = i18n.language === "vi" ? visit.reason_vi : visit.reason_en;
  return (
    <>
      <p className={`v-state v-state-${visit.state}`} role="status" data-state={visit.state}>
        {t(`visitor.state.${visit.state}`)}
      </p>
      <h1>{t("visitor.your_code")}</h1>
      <p className="v-code">{code}</p>
      {visit.qr_svg && <Qr svg={visit.qr_svg} alt={t("visitor.qr")} />}
      {visit.date && (
        <p className="v-when">
          {written(visit.date)} {visit.time?.slice(0, 5)}
        </p>
      )}
      <p>{t(`visitor.means.${visit.state}`)}</p>
      {reason && <p className="v-reason">{reason}</p>}
    </>
  );
}

/** One thing at a time: bind with VNeID while that has not been done; cancelling asks once more. */
function Further({ code, visit, words, onChange, onLook }: { code: string; visit: PublicVisit; words: (error: unknown) => string; onChange: (visit: PublicVisit) => void; onLook: () => void }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<"" | "bind" | "cancel">("");
  const [token, setToken] = useState("");
  const [failed, setFailed] = useState("");
  const attempt = async (act: () => Promise<unknown>) => {
    setFailed("");
    try {
      await act();
      setOpen("");
      setToken("");
      onLook();
    } catch (error) {
      setFailed(error instanceof ApiError && BIND.some((code) => code === error.code) ? t(`visitor.${error.code as (typeof BIND)[number]}`) : words(error));
    }
  };
  const bind = (event: FormEvent) => {
    event.preventDefault();
    if (token.trim()) void attempt(async () => onChange({ ...visit, ...(await membersApi.bind(code, token.trim())) }));
  };
  const bound = visit.bound || visit.state === "bound";
  return (
    <div className="v-further">
      {bound && <p className="v-good">{t("visitor.is_bound")}</p>}
      {!bound && open === "" && (
        <button type="button" className="v-primary" onClick={() => setOpen("bind")}>
          {t("visitor.bind")}
        </button>
      )}
      {open === "bind" && (
        <form onSubmit={bind}>
          <p>{t("visitor.bind_text")}</p>
          <label>
            <span>{t("visitor.token")}</span>
            <input value={token} maxLength={2048} autoComplete="off" spellCheck={false} onChange={(event) => setToken(event.target.value)} />
          </label>
          <button type="submit" className="v-primary">
            {t("visitor.bind_now")}
          </button>
        </form>
      )}
      {open === "cancel" && (
        <>
          <p>{t("visitor.cancel_sure")}</p>
          <button type="button" className="v-primary v-danger" onClick={() => void attempt(() => membersApi.cancel(code))}>
            {t("visitor.cancel_yes")}
          </button>
        </>
      )}
      {failed && (
        <p className="v-problem" role="alert">
          {failed}
        </p>
      )}
      <button type="button" className="v-link" onClick={() => setOpen(open === "" ? "cancel" : "")}>
        {t(open === "" ? "visitor.cancel" : "visitor.back")}
      </button>
    </div>
  );
}

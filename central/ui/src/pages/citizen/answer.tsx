import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type CitizenDetail, type May, citizenApi } from "../../api/citizen";
import { DriverForm } from "./driver-form";
import { StatementForm } from "./statement-form";
import { dong, said } from "./words";

interface Props {
  found: CitizenDetail;
  onChange: (found: CitizenDetail) => void;
  onLook: () => void;
}

/** What one may do now: one primary button, the other ways below it, and only one of them open at a time. */
export function Answer({ found, onChange, onLook }: Props) {
  const { t, i18n } = useTranslation();
  const [open, setOpen] = useState<May | null>(null);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState("");
  const { may, ref } = found;
  // The button that was pressed goes away: the focus goes on to what it opened, and back to the ways when that closes.
  const box = useRef<HTMLDivElement>(null);
  const before = useRef<May | null>(null);
  useEffect(() => {
    if (before.current !== open) box.current?.focus();
    before.current = open;
  }, [open]);
  const attempt = async (act: () => Promise<CitizenDetail>) => {
    setBusy(true);
    setFailed("");
    try {
      onChange(await act());
      setOpen(null);
      onLook();
    } catch (error) {
      setFailed(said(t, error));
    } finally {
      setBusy(false);
    }
  };
  const pay = async () => {
    setBusy(true);
    setFailed("");
    try {
      const { pay_url } = await citizenApi.pay(ref);
      window.location.assign(pay_url);
    } catch (error) {
      setFailed(said(t, error));
      setBusy(false);
    }
  };
  const others = (["name_driver", "claim_transfer", "dispute", "explain"] as const).filter((way) => may[way]);
  if (!may.pay && !may.confirm && others.length === 0) {
    // Somebody could do something now, but not this session: it came with a notice's code, or with a VNeID account of level 1.
    return found.next_step && found.next_step !== "wait" ? <p className="v-reason">{t("citizen.looks_only")}</p> : null;
  }
  return (
    <div ref={box} className="v-further c-answer" tabIndex={-1} role="group" aria-label={t("citizen.answer")}>
      {found.together > 1 && <p>{t("citizen.together", { count: found.together })}</p>}
      {may.pay && open === null && (
        <button type="button" className="v-primary" disabled={busy} onClick={() => void pay()}>
          {t("citizen.pay", { amount: dong(found.payment?.to_pay ?? found.amount ?? 0, i18n.language) })}
        </button>
      )}
      {!may.pay && may.confirm && open === null && (
        <button type="button" className="v-primary" onClick={() => setOpen("confirm")}>
          {t("citizen.confirm")}
        </button>
      )}
      {open === "confirm" && (
        <>
          <p>{t("citizen.confirm_text")}</p>
          <button type="button" className="v-primary" disabled={busy} onClick={() => void attempt(() => citizenApi.confirm(ref))}>
            {t("citizen.confirm_yes")}
          </button>
        </>
      )}
      {open === "name_driver" && <DriverForm busy={busy} onSend={(driver) => void attempt(() => citizenApi.driver(ref, driver))} />}
      {(open === "dispute" || open === "claim_transfer" || open === "explain") && (
        <StatementForm
          key={open}
          kind={open}
          busy={busy}
          onSend={(text, files) => void attempt(() => (open === "dispute" ? citizenApi.dispute(ref, text, files) : open === "explain" ? citizenApi.explanation(ref, text, files) : citizenApi.transfer(ref, text, files)))}
        />
      )}
      {failed && (
        <p className="v-problem" role="alert">
          {failed}
        </p>
      )}
      {open === null ? (
        others.map((way) => (
          <button key={way} type="button" className={may.pay || may.confirm ? "v-second" : "v-primary"} onClick={() => setOpen(way)}>
            {t(`citizen.way.${way}`)}
          </button>
        ))
      ) : (
        <button
          type="button"
          className="v-link"
          onClick={() => {
            setOpen(null);
            setFailed("");
          }}
        >
          {t("citizen.not_now")}
        </button>
      )}
    </div>
  );
}

import { LockKeyhole, ScanText } from "lucide-react";
import { type FormEvent, forwardRef, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { CaseDetail, PlateAnswer } from "../../api/case-types";
import { casesApi } from "../../api/cases";
import type { Vehicle } from "../../api/types";
import { ApiError } from "../../api/client";
import type { Owner } from "../../api/types";
import { percent } from "../../format/numbers";
import { canonical, drawnColour, platePrinted } from "../../format/plate";
import { Note, Problem, Refusal } from "../../ui/outcome";
import { Picture } from "../../ui/picture";
import { Plate } from "../../ui/plate";
import { useVehicleWords } from "../../ui/vehicle";
import { useSay } from "../../ui/words";
import { mayHaveNoPlate } from "./decide";

interface Props {
  detail: CaseDetail;
  value: string;
  onType: (plate: string) => void;
  /** Takes the lease before anything is sent. */
  take: () => Promise<boolean>;
  onConfirmed: () => void;
  /** The crop was in sight for a while. */
  onSeen: (sha256: string) => void;
}

const SIGHT_MS = 600;

/** Calls once something stood in sight for a while. */
function useInSight(call: () => void) {
  const at = useRef<HTMLDivElement>(null);
  const latest = useRef(call);
  useEffect(() => {
    latest.current = call;
  });
  useEffect(() => {
    if (!at.current || typeof IntersectionObserver === "undefined") return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const observer = new IntersectionObserver(
      ([entry]) => {
        clearTimeout(timer);
        if (entry.isIntersecting) timer = setTimeout(() => latest.current(), SIGHT_MS);
      },
      { threshold: 0.6 },
    );
    observer.observe(at.current);
    return () => {
      clearTimeout(timer);
      observer.disconnect();
    };
  }, []);
  return at;
}

/** The plate is typed from the picture before the machine's reading and the owner are shown: two independent readings. */
export const PlateCheck = forwardRef<HTMLInputElement, Props>(function PlateCheck({ detail, value, onType, take, onConfirmed, onSeen }, field) {
  const { t } = useTranslation();
  const say = useSay();
  const [answer, setAnswer] = useState<PlateAnswer | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const [busy, setBusy] = useState(false);
  const crop = detail.evidence.find(({ role }) => role === "plate");
  const inSight = useInSight(() => crop && onSeen(crop.sha256));
  const confirmed = detail.plate_confirmed;
  const bare = mayHaveNoPlate(detail);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || (canonical(value) === "" && !bare)) return;
    setBusy(true);
    setError(null);
    try {
      await take();
      setAnswer(await casesApi.plate(detail.id, value.trim()));
      onConfirmed();
    } catch (failure) {
      setAnswer(null);
      setError(failure as Error);
    } finally {
      setBusy(false);
    }
  };

  const again = confirmed === null && answer !== null && !answer.match;
  const unreadable = error instanceof ApiError && error.status === 422;
  return (
    <section className="side-card" aria-label={t("review.plate")}>
      <h3>{t("review.plate")}</h3>
      <div className="plate-crop" ref={inSight}>
        <Picture sha256={crop?.sha256 ?? null} alt={t("review.plate_crop")} size={null} eager lost={crop ? !crop.present : false} none={t("review.no_crop")} />
      </div>
      {bare && confirmed === null && <Note>{t("review.plate_none")}</Note>}
      {confirmed === "" && <p className="quiet">{t("review.plate_is_none")}</p>}
      {confirmed && <Confirmed detail={detail} />}
      {confirmed === null && (
          <form className="plate-form" onSubmit={(event) => void submit(event)}>
            <label className="field">
              <span>
                {t("review.plate_type")} <kbd>p</kbd>
              </span>
              <input
                ref={field}
                className="plate-input"
                value={value}
                onChange={(event) => onType(event.target.value)}
                onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
                maxLength={16}
                autoComplete="off"
                autoCapitalize="characters"
                spellCheck={false}
                placeholder="35A-123.45"
                aria-invalid={again || unreadable}
                aria-describedby="plate-hint"
              />
            </label>
            <button type="submit" className="button button-primary" disabled={busy || (canonical(value) === "" && !bare)} aria-busy={busy}>
              {t(canonical(value) === "" && bare ? "review.plate_confirm_none" : again ? "review.plate_again" : "review.plate_compare")}
            </button>
            <small id="plate-hint" className="plate-hint">
              {t("review.plate_hint")}
            </small>
          </form>
      )}
      {again && <Problem>{t("review.plate_differs")}</Problem>}
      {unreadable ? <Problem>{t("review.plate_invalid")}</Problem> : <Refusal error={error} />}
      {answer?.findings.map((finding) => <Note key={finding.code} tone="wait">{say(finding.text_vi, finding.text_en)}</Note>)}
      <OwnerCard owner={detail.owner} registered={detail.registered ?? null} confirmed={confirmed !== null} />
    </section>
  );
});

/** Both readings side by side, once the person has typed their own. */
function Confirmed({ detail }: { detail: CaseDetail }) {
  const { t, i18n } = useTranslation();
  const { reading } = detail;
  const same = reading && canonical(reading.text) === canonical(detail.plate_confirmed ?? "");
  return (
    <div className="plate-confirmed" data-testid="plate-confirmed">
      <Plate display={same ? reading.display : platePrinted(detail.plate_confirmed ?? "", detail.class)} kind={reading?.kind} colour={drawnColour(reading?.colour) ?? detail.plate_colour} lines={reading?.lines} size="m" />
      <p className={same ? "quiet" : "tone-text-wait"}>{reading ? t(same ? "review.plate_same" : "review.plate_other", { read: reading.display }) : t("review.plate_unread")}</p>
      {reading && reading.candidates.length > 0 && (
        <details>
          <summary>
            <ScanText aria-hidden="true" />
            {t("review.candidates", { count: reading.candidates.length })}
          </summary>
          <ol className="candidate-list">
            {reading.candidates.map((candidate) => (
              <li key={candidate.text}>
                <span className="plate-text">{candidate.text}</span>
                <meter value={candidate.score} min={0} max={1} aria-label={candidate.text} />
                <span>{percent(candidate.score, i18n.language)}</span>
              </li>
            ))}
          </ol>
          {reading.edits.length > 0 && <p className="quiet">{t("review.repaired", { count: reading.edits.length })}</p>}
        </details>
      )}
    </div>
  );
}

/** Whose vehicle it is and what is registered, to be set beside the picture. */
function OwnerCard({ owner, registered, confirmed }: { owner: Owner | null; registered: Vehicle | null; confirmed: boolean }) {
  const { t } = useTranslation();
  const say = useSay();
  const words = useVehicleWords();
  const vehicle = registered && words(registered);
  if (!owner) {
    return (
      <p className="owner-hidden" data-testid="owner-hidden">
        <LockKeyhole aria-hidden="true" />
        {t(confirmed ? "review.owner_none" : "review.owner_hidden")}
      </p>
    );
  }
  return (
    <dl className="facts" data-testid="owner">
      <div className="fact">
        <dt>{t("review.owner")}</dt>
        <dd className="owner-strong">{owner.name ?? t("passage.hidden")}</dd>
      </div>
      {owner.address && (
        <div className="fact">
          <dt>{t("passage.address")}</dt>
          <dd>{owner.address}</dd>
        </div>
      )}
      {vehicle && (
        <div className="fact" data-testid="registered">
          <dt>{t("review.registered")}</dt>
          <dd>{[vehicle.make, vehicle.type, vehicle.colour].filter(Boolean).join(" · ") || "–"}</dd>
        </div>
      )}
      {owner.masked.length > 0 && <p className="quiet">{t("passage.masked_why", { reason: say(owner.mask_reason_vi, owner.mask_reason_en) || t("passage.mask_reason") })}</p>}
    </dl>
  );
}

import { ChevronLeft, ChevronRight, ExternalLink, Square, SquareDashed } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { evidenceUrl } from "../../api/client";
import type { Evidence, EvidenceRole, PassageDetail, Size } from "../../api/types";
import { drawnBoxes } from "../../format/passage";
import { dateTime } from "../../format/time";
import { toggleBoxes, useBoxes } from "../../ui/boxes";
import { useKeys } from "../../ui/keys";
import { Picture } from "../../ui/picture";

const ORDER: EvidenceRole[] = ["overview", "vehicle", "plate"];

function sorted(evidence: Evidence[]): Evidence[] {
  return evidence.toSorted((a, b) => ORDER.indexOf(a.role) - ORDER.indexOf(b.role));
}

/** The evidence, large: ← → turn it, B shows the boxes. The pictures themselves are never touched. */
export function Gallery({ passage }: { passage: PassageDetail }) {
  const { t } = useTranslation();
  const pictures = sorted(passage.evidence);
  const [at, setAt] = useState(0);
  const boxesShown = useBoxes();
  const shown = pictures[Math.min(at, pictures.length - 1)];
  const turn = (step: number) => pictures.length > 0 && setAt((at + step + pictures.length) % pictures.length);
  useKeys({ ArrowLeft: () => turn(-1), ArrowRight: () => turn(1), b: toggleBoxes });
  if (!shown) return <div className="gallery-main gallery-none"><Picture sha256={null} size={null} alt="" /></div>;

  const isOverview = shown.role === "overview";
  const size: Size = isOverview && passage.picture ? passage.picture : [shown.width, shown.height];
  const camera = passage.camera_name ?? passage.camera;
  const alt = t("picture.alt", { role: t(`picture.${shown.role}`), time: dateTime(passage.captured_at), camera });
  const BoxIcon = boxesShown ? Square : SquareDashed;
  return (
    <section className="gallery" aria-label={t("passage.evidence")}>
      <div className={`gallery-main gallery-${shown.role}`} style={{ aspectRatio: isOverview ? `${size[0]} / ${size[1]}` : undefined }}>
        <Picture sha256={shown.sha256} lost={shown.absent} size={isOverview ? size : null} boxes={isOverview && boxesShown ? drawnBoxes(passage) : []} alt={alt} eager />
        {pictures.length > 1 && (
          <>
            <button type="button" className="gallery-turn gallery-previous" onClick={() => turn(-1)} aria-label={t("picture.previous")}>
              <ChevronLeft aria-hidden="true" />
            </button>
            <button type="button" className="gallery-turn gallery-next" onClick={() => turn(1)} aria-label={t("picture.next")}>
              <ChevronRight aria-hidden="true" />
            </button>
          </>
        )}
      </div>
      <div className="gallery-strip">
        {pictures.map((picture, number) => (
          <button
            key={picture.sha256}
            type="button"
            className="gallery-thumb"
            aria-current={picture === shown}
            onClick={() => setAt(number)}
            aria-label={t(`picture.${picture.role}`)}
          >
            <Picture sha256={picture.sha256} lost={picture.absent} size={null} alt="" />
            <span data-role={picture.role}>{t(`picture.${picture.role}`)}</span>
          </button>
        ))}
        <span className="gallery-tools">
          <button type="button" className="button button-quiet" aria-pressed={boxesShown} onClick={toggleBoxes}>
            <BoxIcon aria-hidden="true" />
            {t(boxesShown ? "picture.boxes_off" : "picture.boxes_on")}
            <kbd aria-hidden="true">B</kbd>
          </button>
          {!shown.absent && (
            <a className="icon-button" href={evidenceUrl(shown.sha256)} target="_blank" rel="noreferrer" aria-label={t("picture.open_original")} title={t("picture.open_original")}>
              <ExternalLink aria-hidden="true" />
            </a>
          )}
        </span>
      </div>
      <p className="gallery-note">{t("picture.original")}</p>
    </section>
  );
}

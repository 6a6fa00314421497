import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type CitizenPicture, citizenApi } from "../../api/citizen";

/** Copies of the evidence: everybody else in them is blurred. */
export function Pictures({ caseRef, pictures }: { caseRef: string; pictures: CitizenPicture[] }) {
  const { t } = useTranslation();
  const [broken, setBroken] = useState<number[]>([]);
  if (pictures.length === 0) return <p className="v-reason">{t("citizen.no_pictures")}</p>;
  return (
    <figure className="c-pictures">
      {pictures.map((picture) =>
        broken.includes(picture.n) ? (
          <p key={picture.n} className="v-problem">
            {t("citizen.picture_failed")}
          </p>
        ) : (
          <a key={picture.n} href={citizenApi.pictureUrl(caseRef, picture.n)} target="_blank" rel="noreferrer">
            <img
              src={citizenApi.pictureUrl(caseRef, picture.n)}
              width={picture.width}
              height={picture.height}
              loading="lazy"
              alt={t(`citizen.picture.${picture.what ?? picture.role}`, { defaultValue: t("citizen.picture.overview") })}
              onError={() => setBroken((old) => [...old, picture.n])}
            />
            <span>{t(`citizen.picture.${picture.what ?? picture.role}`, { defaultValue: t("citizen.picture.overview") })}</span>
          </a>
        ),
      )}
      <figcaption>{t("citizen.blurred")}</figcaption>
    </figure>
  );
}

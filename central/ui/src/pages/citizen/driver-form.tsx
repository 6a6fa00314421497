import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";

interface Driver {
  name: string;
  id_number: string;
  licence_no?: string;
  address: string;
}

const EMPTY = { name: "", id_number: "", licence_no: "", address: "" };

/** Which fields are missing or cannot be right; central checks again. */
export function wrongWith(driver: typeof EMPTY): (keyof typeof EMPTY)[] {
  const wrong: (keyof typeof EMPTY)[] = [];
  if (driver.name.trim().length < 2) wrong.push("name");
  if (!/^(\d{12}|\d{9})$/.test(driver.id_number.replace(/\s/g, ""))) wrong.push("id_number");
  if (driver.address.trim().length < 5) wrong.push("address");
  return wrong;
}

/** Somebody else drove: who. */
export function DriverForm({ busy, onSend }: { busy: boolean; onSend: (driver: Driver) => void }) {
  const { t } = useTranslation();
  const [driver, setDriver] = useState(EMPTY);
  const [tried, setTried] = useState(false);
  const wrong = wrongWith(driver);
  const send = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (wrong.length > 0) {
      requestAnimationFrame(() => document.querySelector<HTMLElement>("[aria-invalid='true']")?.focus());
      return;
    }
    const licence = driver.licence_no.trim();
    onSend({ name: driver.name.trim(), id_number: driver.id_number.replace(/\s/g, ""), address: driver.address.trim(), ...(licence && { licence_no: licence }) });
  };
  const field = (key: keyof typeof EMPTY, more: { inputMode?: "numeric" } = {}) => {
    const bad = tried && wrong.includes(key);
    return (
      <label className={bad ? "v-wrong" : ""}>
        <span>{t(`citizen.driver.${key}`)}</span>
        <input value={driver[key]} maxLength={200} autoComplete="off" aria-invalid={bad} onChange={(event) => setDriver({ ...driver, [key]: event.target.value })} {...more} />
        {bad && <small>{t(`citizen.driver_wrong.${key as "name" | "id_number" | "address"}`)}</small>}
      </label>
    );
  };
  return (
    <form onSubmit={send} noValidate>
      <p>{t("citizen.driver_text")}</p>
      {field("name")}
      {field("id_number", { inputMode: "numeric" })}
      {field("licence_no")}
      {field("address")}
      <button type="submit" className="v-primary" disabled={busy}>
        {t("citizen.driver_send")}
      </button>
    </form>
  );
}

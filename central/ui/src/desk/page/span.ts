import { span } from "../../format/time";
import type { Text } from "../i18n";

/** A duration in seconds as a guard says it: `40 giây`, `4 giờ`, `4 giờ 5 phút`. */
export function spanText(t: Text, seconds: number): string {
  const said = span(seconds);
  if (said.unit !== "hours") return t(`time.${said.unit}`, { n: said.n });
  return said.m === 0 ? t("time.hours_whole", { n: said.n }) : t("time.hours", { n: said.n, m: said.m });
}

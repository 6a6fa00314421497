import { Tooltip } from "radix-ui";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { TimeSource } from "../api/types";
import { OFFSET, age, clock, dateTime, milliseconds, shortTime, span, worthShowing } from "../format/time";

interface Props {
  at: string | null | undefined;
  uncertaintyMs?: number;
  source?: TimeSource | null;
  form?: "full" | "short" | "clock";
}

/** A moment in Vietnam's time; the offset, the uncertainty and where the time came from on hover or focus. */
export function Time({ at, uncertaintyMs, source, form = "full" }: Props) {
  const { t, i18n } = useTranslation();
  if (!at) return <span className="time">{t("time.never")}</span>;
  const text = form === "full" ? dateTime(at) : form === "clock" ? clock(at) : shortTime(at);
  const doubt = uncertaintyMs === undefined ? null : milliseconds(uncertaintyMs, i18n.language);
  const hover = doubt
    ? t("time.hover", { time: dateTime(at), offset: OFFSET, uncertainty: doubt })
    : `${dateTime(at)} ${OFFSET}`;
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>
        <time className="time" dateTime={at}>
          {text}
          {uncertaintyMs !== undefined && worthShowing(uncertaintyMs) && (
            <span className="time-doubt"> {t("time.uncertainty", { value: doubt })}</span>
          )}
        </time>
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content className="tooltip" sideOffset={6} collisionPadding={8}>
          {hover}
          {source && <span> · {t(`time.source.${source}`)}</span>}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}

/** The present moment, renewed every `everyMs`. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

export function Age({ at }: { at: string }) {
  const { t } = useTranslation();
  const { unit, n } = age(at, useNow(5_000));
  return <span className="time">{unit === "ago_s" && n < 5 ? t("time.just_now") : t(`time.${unit}`, { n })}</span>;
}

export function useSpan(): (seconds: number) => string {
  const { t } = useTranslation();
  return (seconds) => {
    const { unit, ...rest } = span(seconds);
    return t(`time.${unit}`, rest);
  };
}

import { useTranslation } from "react-i18next";

const KNOWN = [
  "passage_view",
  "alert_transition",
  "session_create",
  "session_delete",
  "session_refused",
  "user_create",
  "enrolment_code_create",
] as const;

/** An audit action in words; one that is newer than this console stays as central wrote it. */
export function useAction(): (action: string) => string {
  const { t } = useTranslation();
  return (action) => {
    const known = KNOWN.find((word) => word === action.replaceAll(".", "_").replaceAll("-", "_"));
    return known ? t(`passage.action.${known}`) : action;
  };
}

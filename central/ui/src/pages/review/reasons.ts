import { useReasons } from "../../api/cases";
import { useSay } from "../../ui/words";

/** The words of a reject reason: they are data of the law. What is no code is said as it stands. */
export function useReasonWord(): (code: string) => string {
  const rows = useReasons().data ?? [];
  const say = useSay();
  return (code) => {
    const row = rows.find((one) => one.code === code);
    return row ? say(row.title_vi, row.title_en) : code;
  };
}

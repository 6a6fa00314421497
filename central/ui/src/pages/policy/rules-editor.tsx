import { ArrowDown, ArrowUp, Plus, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { GateVerdict, ListKind, PolicyDocument, Rule } from "../../api/types";
import { Select } from "../../ui/select";
import { useName, useWord } from "../../ui/words";

interface Props {
  rules: Rule[];
  document: PolicyDocument;
  set: (rules: Rule[]) => void;
}

/** Rows from top to bottom: the first that fits decides, so their order can be changed. */
export function RulesEditor({ rules, document, set }: Props) {
  const { t } = useTranslation();
  const change = (at: number, rule: Partial<Rule>) => set(rules.map((old, index) => (index === at ? { ...old, ...rule } : old)));
  const move = (at: number, step: number) => set(rules.with(at, rules[at + step]).with(at + step, rules[at]));
  const add = () => {
    let n = rules.length + 1;
    while (rules.some((rule) => rule.id === `luat-${n}`)) n += 1;
    set([...rules, { id: `luat-${n}`, groups: [], lists: ["allow"], schedule: null, verdict: "admit" }]);
  };
  return (
    <div className="field">
      <span>{t("policy.rules")}</span>
      <small>{t("policy.rules_hint")}</small>
      <ol className="rules">
        {rules.map((rule, at) => (
          <RuleRow
            key={rule.id}
            rule={rule}
            document={document}
            onChange={(next) => change(at, next)}
            onUp={at > 0 ? () => move(at, -1) : undefined}
            onDown={at < rules.length - 1 ? () => move(at, 1) : undefined}
            onRemove={() => set(rules.filter((_, index) => index !== at))}
          />
        ))}
      </ol>
      <button type="button" className="button button-quiet rules-add" onClick={add}>
        <Plus aria-hidden="true" />
        {t("policy.add_rule")}
      </button>
    </div>
  );
}

interface RowProps {
  rule: Rule;
  document: PolicyDocument;
  onChange: (rule: Partial<Rule>) => void;
  onUp?: () => void;
  onDown?: () => void;
  onRemove: () => void;
}

function RuleRow({ rule, document, onChange, onUp, onDown, onRemove }: RowProps) {
  const { t } = useTranslation();
  const word = useWord();
  const name = useName();
  // A row about several groups keeps them until one choice replaces them.
  const groups = document.groups.map((group) => ({ value: group.id, label: group.name }));
  const several = rule.groups.length > 1 ? [{ value: rule.groups.join(","), label: rule.groups.map((id) => groups.find((group) => group.value === id)?.label ?? id).join(", ") }] : [];
  return (
    <li className="rule" data-rule={rule.id}>
      <code className="mono">{rule.id}</code>
      <Select label={t("policy.rule_groups")} all={t("policy.everybody")} value={rule.groups.join(",")} options={[...several, ...groups]} onChange={(value) => onChange({ groups: value ? value.split(",") : [] })} />
      <Select label={t("policy.rule_lists")} all={t("policy.every_list")} value={rule.lists.length === 1 ? rule.lists[0] : ""} options={(["allow", "block"] as ListKind[]).map((value) => ({ value, label: word("list_kind", value) }))} onChange={(value) => onChange({ lists: value ? [value as ListKind] : [] })} />
      <Select label={t("policy.rule_schedule")} all={t("members.always")} value={rule.schedule ?? ""} options={document.schedules.map((schedule) => ({ value: schedule.id, label: name(schedule) }))} onChange={(value) => onChange({ schedule: value || null })} />
      <span aria-hidden="true">→</span>
      <Select label={t("policy.rule_verdict")} value={rule.verdict} options={(["admit", "wait", "deny"] as GateVerdict[]).map((value) => ({ value, label: word("gate_verdict", value) }))} onChange={(value) => onChange({ verdict: value as GateVerdict })} />
      <span className="rule-acts">
        <button type="button" className="icon-button" disabled={!onUp} onClick={onUp} aria-label={t("policy.up")} title={t("policy.up")}>
          <ArrowUp aria-hidden="true" />
        </button>
        <button type="button" className="icon-button" disabled={!onDown} onClick={onDown} aria-label={t("policy.down")} title={t("policy.down")}>
          <ArrowDown aria-hidden="true" />
        </button>
        <button type="button" className="icon-button" onClick={onRemove} aria-label={t("policy.remove_rule")} title={t("policy.remove_rule")}>
          <X aria-hidden="true" />
        </button>
      </span>
    </li>
  );
}

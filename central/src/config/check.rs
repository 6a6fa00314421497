//! What of a configuration cannot work, all of it, before anything starts.

use super::{Config, is_postgres, read_secret};

impl Config {
    /// Everything that cannot work, each with its key and what to do.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut bad = |condition: bool, text: &str| {
            if condition {
                problems.push(text.to_owned());
            }
        };
        let url = &self.data.database_url;
        bad(
            !(url.is_empty() || url.starts_with("sqlite:") || is_postgres(url)),
            "data.database_url: use an empty text for SQLite in the data folder, sqlite://FILE or postgres://HOST/DATABASE",
        );
        let (rest, mqtt) = (&self.rules, &self.mqtt);
        bad(
            mqtt.embedded() && !mqtt.listen.ip().is_loopback(),
            "mqtt.listen: the embedded broker has no access rights and stays on loopback; for a network run Mosquitto and set mqtt.url",
        );
        bad(
            !(mqtt.embedded() || mqtt.url.starts_with("mqtt://") || mqtt.url.starts_with("mqtts://")),
            "mqtt.url: use mqtt://HOST:PORT or mqtts://HOST:PORT",
        );
        bad(
            mqtt.url.starts_with("mqtts://") && mqtt.ca_file.is_none(),
            "mqtt.ca_file: mqtts:// needs the broker's authority",
        );
        bad(
            mqtt.cert_file.is_some() != mqtt.key_file.is_some(),
            "mqtt.cert_file and mqtt.key_file: set both or neither",
        );
        bad(mqtt.client_id.is_empty(), "mqtt.client_id: must not be empty");
        bad(
            mqtt.password_env.is_some() && mqtt.password_file.is_some(),
            "mqtt.password_env and mqtt.password_file: set one",
        );
        bad(rest.offline_after_s < 6, "rules.offline_after_s: agents speak every 5 s, use at least 6");
        bad(!(0.0..=1.0).contains(&rest.mismatch_min_score), "rules.mismatch_min_score: use 0 to 1");
        bad(rest.enrolment_minutes == 0, "rules.enrolment_minutes: use at least 1");
        bad(self.http.session_idle_minutes == 0, "http.session_idle_minutes: use at least 1");
        bad(!(50..=60_000).contains(&self.gates.debounce_ms), "gates.debounce_ms: use 50 to 60000");
        bad(self.gates.refresh_s < 10, "gates.refresh_s: use at least 10");
        bad(self.gates.keep_lists_days == 0, "gates.keep_lists_days: use at least 1");
        let (visits, reports) = (&self.visits, &self.reports);
        bad(visits.keep_days == 0, "visits.keep_days: use at least 1");
        bad(
            visits.most_people == 0 || visits.per_day == 0 || visits.per_hour == 0,
            "visits.most_people, visits.per_day and visits.per_hour: use at least 1; visits.open = false closes the page",
        );
        bad(visits.days_ahead > 366, "visits.days_ahead: use at most 366");
        bad(
            reports.day_before.is_some_and(|day| !(2..=28).contains(&day)),
            "reports.day_before: use 2 to 28, or leave it out",
        );
        bad(
            reports.models.keys().any(|model| !crate::reports::MODELS.contains(&model.as_str())),
            "reports.models: use access_tourist, access_industrial, access_rail and traffic_violation",
        );
        let public_url = &self.documents.public_url;
        bad(
            !(public_url.starts_with("http://") || public_url.starts_with("https://"))
                || public_url.len() > 200
                || public_url.contains(char::is_whitespace),
            "documents.public_url: use http:// or https://, at most 200 characters: it goes into the QR code of every document",
        );
        let handling = &self.handling;
        bad(handling.look_s == 0, "handling.look_s: use at least 1");
        bad(
            handling.unit.is_empty() || !handling.unit.chars().all(|c| c.is_alphanumeric() || c == '-'),
            "handling.unit: use letters, digits and '-', such as PC08",
        );
        bad(
            handling.sign_ins == 0 || handling.looks == 0 || handling.answers == 0,
            "handling.sign_ins, looks and answers: use at least 1; handling.citizens = false closes the page",
        );
        bad(
            self.registers.dvcqg.is_some() && handling.treasury_account.is_empty(),
            "handling.treasury_account: the payment portal needs the account",
        );
        bad(self.retention.owner_days == 0, "retention.owner_days: use at least 1");
        for (name, service) in self.registers.all() {
            let mut bad = |condition: bool, text: &str| bad(condition, &format!("registers.{name}{text}"));
            bad(
                !service.url.starts_with("http://") && !service.url.starts_with("https://"),
                ".url: use http:// or https://",
            );
            bad(
                service.secret_env.is_some() == service.secret_file.is_some(),
                ": set secret_env or secret_file (one of them)",
            );
            bad(
                [&service.client_id, &service.unit_code, &service.officer_id, &service.purpose_code]
                    .iter()
                    .any(|v| v.is_empty()),
                ": client_id, unit_code, officer_id and purpose_code are all needed, the service refuses calls without",
            );
            bad(!(50..=10_000).contains(&service.timeout_ms), ".timeout_ms: use 50 to 10000");
            bad(service.retry_s == 0, ".retry_s: use at least 1");
        }
        for (key, file) in
            [("ca_file", &mqtt.ca_file), ("cert_file", &mqtt.cert_file), ("key_file", &mqtt.key_file)]
        {
            if let Some(file) = file.as_ref().filter(|file| !file.is_file()) {
                problems.push(format!("mqtt.{key}: there is no file {}", file.display()));
            }
        }
        problems.extend(self.cases.problems());
        problems.extend(self.adapter.problems());
        problems.extend(self.faces.problems(&self.data.folder));
        problems
    }

    /// Secrets that are not where the configuration says. Apart from [`Config::problems`], because a file can be right on a
    /// machine that does not have the secrets.
    pub fn secret_problems(&self) -> Vec<String> {
        let mqtt = read_secret(self.mqtt.password_env.as_deref(), self.mqtt.password_file.as_deref()).err();
        let vehreg = self.registers.vehreg.as_ref();
        let vehreg =
            vehreg.and_then(|v| read_secret(v.secret_env.as_deref(), v.secret_file.as_deref()).err());
        let faces = self.faces.enabled.then(|| self.faces.keys()).and_then(Result::err);
        let problems = [
            self.database_url().err().map(|error| format!("data.database_url_env: {error}")),
            mqtt.map(|error| format!("mqtt: {error}")),
            vehreg.map(|error| format!("registers.vehreg: {error}")),
            faces.map(|error| format!("faces: {error}")),
        ];
        problems.into_iter().flatten().collect()
    }
}

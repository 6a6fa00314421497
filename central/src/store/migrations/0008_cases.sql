-- Schema 8: cases of violations, reviews, evidence gate, approved devices.

alter table users add column rank text; -- of police accounts: officer | team_chief | commune_chief | division_head | provincial_director

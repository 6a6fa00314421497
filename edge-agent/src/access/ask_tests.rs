use std::time::Instant;

use wire::identity::RegisterResult;

use super::*;

fn key(seed: u8) -> DeviceKey {
    DeviceKey::from_seed(&[seed; 32])
}

fn name(text: &str) -> Name {
    Name::new(text).expect("a name")
}

fn question(within_ms: u64) -> NewQuestion {
    NewQuestion {
        gate: name("cong-2"),
        lane: name("lan-1"),
        user: Some("an".to_owned()),
        access: Uuid::now_v7(),
        purpose: "GATE_CONTROL".to_owned(),
        body: QuestionBody::VerifyCitizen {
            number: "037090001234".to_owned(),
            name: "NGUYỄN VĂN MINH".to_owned(),
            birth: "1990-05-17".to_owned(),
        },
        within: Duration::from_millis(within_ms),
    }
}

struct Set {
    asker: Arc<Asker>,
    questions: mpsc::Receiver<Vec<u8>>,
    alone: watch::Sender<Option<Timestamp>>,
}

fn set(alone: Option<Timestamp>) -> Set {
    let (alone, watched) = watch::channel(alone);
    let (asker, questions) = Asker::new(key(1), Some(key(2).public()), watched);
    Set { asker, questions, alone }
}

/// What central reads of a question.
fn opened(message: &[u8]) -> (Question, QuestionBody) {
    let sealed = Sealed::parse(message, MAX_MESSAGE_BYTES).expect("sealed");
    let question: Question =
        serde_json::from_slice(sealed.verify(&key(1).public()).expect("by the device")).expect("a question");
    let secret = AgentSecret::agree(&key(2), &key(1).public());
    let plain = secret.open(&question.purpose, &question.body).expect("opens for central");
    (question, serde_json::from_slice(&plain).expect("a body"))
}

fn answer(id: Uuid) -> Answer {
    let body =
        AnswerBody::Citizen { result: RegisterResult::Match, mismatch: Vec::new(), check_papers: false };
    Answer { v: wire::VERSION, id, body, txn: Some("T-1".to_owned()) }
}

fn sealed(answer: &Answer, by: u8) -> Vec<u8> {
    wire::seal(&key(by), &serde_json::to_vec(answer).expect("serialises"))
}

#[tokio::test]
async fn an_answer_in_time_reaches_whoever_asked_and_nobody_reads_the_question_on_the_way() {
    let Set { asker, mut questions, alone: _alone } = set(None);
    let asked = tokio::spawn({
        let asker = asker.clone();
        async move { asker.ask(question(5000)).await }
    });
    let message = questions.recv().await.expect("a question");
    let text = String::from_utf8_lossy(&message);
    assert!(!text.contains("037090001234") && !text.contains("MINH"), "{text}");
    let (question, body) = opened(&message);
    assert!(matches!(body, QuestionBody::VerifyCitizen { number, .. } if number == "037090001234"));
    asker.take(&sealed(&answer(question.id), 2), &key(2).public());
    let asked = asked.await.expect("asked");
    assert!(matches!(asked.answer, AnswerBody::Citizen { result: RegisterResult::Match, .. }));
    assert_eq!((asked.txn.as_deref(), asked.check), (Some("T-1"), None));
    assert_eq!(asker.counts(), AskCounts { asked: 1, answered: 1, ..AskCounts::default() });
}

#[tokio::test]
async fn while_central_is_away_nobody_waits_and_the_check_is_left_for_later() {
    let Set { asker, mut questions, alone: _alone } = set(Some(Timestamp::now()));
    let begin = Instant::now();
    let one = asker.ask(question(60_000)).await;
    let other = asker.ask(question(60_000)).await;
    assert!(begin.elapsed() < Duration::from_secs(2));
    assert_eq!(one.answer, AnswerBody::Unavailable { why: RegisterWord::UpstreamDown });
    assert!(questions.try_recv().is_err(), "nothing is queued for a central that is away");
    let (one, other) = (one.check.expect("for later"), other.check.expect("for later"));
    assert_eq!(one.digest, other.digest, "the same card is known again");
    let plain =
        AgentSecret::agree(&key(2), &key(1).public()).open(&one.purpose, &one.subject).expect("opens");
    assert!(String::from_utf8_lossy(&plain).contains("verify_citizen"));
    let told = serde_json::to_string(&one).expect("serialises");
    assert!(!told.contains("0370") && !told.contains("MINH"), "{told}");
}

#[tokio::test]
async fn central_going_away_ends_the_wait_at_once() {
    let Set { asker, mut questions, alone } = set(None);
    let asked = tokio::spawn({
        let asker = asker.clone();
        async move { asker.ask(question(60_000)).await }
    });
    questions.recv().await.expect("a question");
    alone.send_replace(Some(Timestamp::now()));
    let asked = tokio::time::timeout(Duration::from_secs(2), asked).await.expect("at once").expect("asked");
    assert_eq!(asked.answer, AnswerBody::Unavailable { why: RegisterWord::UpstreamDown });
    assert!(asked.check.is_some());
}

#[tokio::test]
async fn a_late_answer_is_dropped_and_counted() {
    let Set { asker, mut questions, alone: _alone } = set(None);
    let asked = asker.ask(question(20)).await;
    assert_eq!(asked.answer, AnswerBody::Unavailable { why: RegisterWord::TooLate });
    let (question, _) = opened(&questions.recv().await.expect("was sent"));
    asker.take(&sealed(&answer(question.id), 2), &key(2).public());
    let counts = asker.counts();
    assert_eq!((counts.late, counts.answered, counts.unanswered), (1, 0, 1));
}

#[tokio::test]
async fn forged_unknown_newer_and_broken_answers_answer_nothing() {
    let Set { asker, mut questions, alone: _alone } = set(None);
    let asked = tokio::spawn({
        let asker = asker.clone();
        async move { asker.ask(question(300)).await }
    });
    let (question, _) = opened(&questions.recv().await.expect("a question"));
    let central = key(2).public();
    asker.take(&sealed(&answer(question.id), 9), &central);
    asker.take(&sealed(&Answer { v: wire::VERSION + 1, ..answer(question.id) }, 2), &central);
    asker.take(&wire::seal(&key(2), br#"{"v":1}"#), &central);
    asker.take(&[b' '; MAX_MESSAGE_BYTES + 1], &central);
    asker.take(&sealed(&answer(Uuid::now_v7()), 2), &central);
    let asked = asked.await.expect("asked");
    assert_eq!(asked.answer, AnswerBody::Unavailable { why: RegisterWord::TooLate });
    let counts = asker.counts();
    assert_eq!((counts.refused, counts.late, counts.answered), (4, 1, 0));
}

#[tokio::test]
async fn a_register_that_is_away_leaves_the_check_for_later_too() {
    let Set { asker, mut questions, alone: _alone } = set(None);
    let asked = tokio::spawn({
        let asker = asker.clone();
        async move { asker.ask(question(5000)).await }
    });
    let (question, _) = opened(&questions.recv().await.expect("a question"));
    let body = AnswerBody::Unavailable { why: RegisterWord::Quota };
    asker.take(&sealed(&Answer { body, ..answer(question.id) }, 2), &key(2).public());
    let asked = asked.await.expect("asked");
    assert_eq!(asked.answer, AnswerBody::Unavailable { why: RegisterWord::Quota });
    assert!(asked.check.is_some());
}

#[tokio::test]
async fn a_full_queue_says_so_instead_of_waiting_and_a_code_leaves_no_check() {
    let Set { asker, questions: _full, alone: _alone } = set(None);
    let vneid =
        || NewQuestion { body: QuestionBody::VerifyVneid { token: "abc".to_owned() }, ..question(10) };
    for _ in 0..QUEUE {
        let asked = asker.ask(vneid()).await;
        assert_eq!(
            (asked.answer, asked.check),
            (AnswerBody::Unavailable { why: RegisterWord::TooLate }, None)
        );
    }
    let asked = asker.ask(vneid()).await;
    assert_eq!(asked.answer, AnswerBody::Unavailable { why: RegisterWord::Quota });
    assert!(lock(&asker.waiting).is_empty(), "nobody is remembered who does not wait");
}

#[tokio::test]
async fn a_picture_too_large_for_a_message_is_refused_here() {
    let Set { asker, mut questions, alone: _alone } = set(None);
    let image = "A".repeat(MAX_MESSAGE_BYTES);
    let body = QuestionBody::VerifyFace { number: "037090001234".to_owned(), image, liveness: 0.9 };
    let asked = asker.ask(NewQuestion { body, ..question(5000) }).await;
    assert_eq!(asked.answer, AnswerBody::Unavailable { why: RegisterWord::Refused });
    assert!(questions.try_recv().is_err());
}

#[tokio::test]
async fn an_agent_that_was_never_enrolled_cannot_ask() {
    let (_alone, watched) = watch::channel(None);
    let (asker, _questions) = Asker::new(key(1), None, watched);
    let asked = asker.ask(question(5000)).await;
    assert_eq!(asked.answer, AnswerBody::Unavailable { why: RegisterWord::NotConfigured });
    assert_eq!(asked.check, None, "it has nothing to close it with");
}

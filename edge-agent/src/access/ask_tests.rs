use std::time::Instant;

use wire::gate::AnswerBody;
use wire::identity::RegisterResult;

use super::*;

fn key(seed: u8) -> DeviceKey {
    DeviceKey::from_seed(&[seed; 32])
}

fn name(text: &str) -> Name {
    Name::new(text).expect("a name")
}

fn question(within_ms: u64) -> Request {
    Request {
        gate: name("cong-2"),
        lane: name("lan-1"),
        user: Some("an".to_owned()),
        purpose: "GATE_CONTROL".to_owned(),
        body: QuestionBody::VerifyCitizen {
            number: "037090001234".to_owned(),
            name: "NGUYỄN VĂN MINH".to_owned(),
            birth: "1990-05-17".to_owned(),
        },
        deadline: Duration::from_millis(within_ms),
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
    let answer = asked.await.expect("asked").expect("answered");
    assert!(matches!(answer.body, AnswerBody::Citizen { result: RegisterResult::Match, .. }));
    assert_eq!(answer.txn.as_deref(), Some("T-1"));
    assert_eq!(asker.counts(), AskCounts { asked: 1, answered: 1, ..AskCounts::default() });
}

#[tokio::test]
async fn while_central_is_away_nobody_waits() {
    let Set { asker, mut questions, alone: _alone } = set(Some(Timestamp::now()));
    let begin = Instant::now();
    assert_eq!(asker.ask(question(60_000)).await, Err(RegisterWord::UpstreamDown));
    assert!(begin.elapsed() < Duration::from_secs(2));
    assert!(questions.try_recv().is_err(), "nothing is queued for a central that is away");
    assert_eq!(asker.counts(), AskCounts { asked: 1, unanswered: 1, ..AskCounts::default() });
}

#[test]
fn a_citizen_is_left_for_later_without_a_word_that_others_can_read_and_a_code_is_not() {
    let secret = AgentSecret::agree(&key(1), &key(2).public());
    let left = |body: &QuestionBody| {
        for_later(&secret, (name("cong-2"), name("lan-1"), Uuid::now_v7()), "GATE_CONTROL", body)
    };
    let (one, other) = (left(&question(1).body).expect("left"), left(&question(1).body).expect("left"));
    assert_eq!(one.digest, other.digest, "the same card is known again");
    let plain =
        AgentSecret::agree(&key(2), &key(1).public()).open(&one.purpose, &one.subject).expect("opens");
    assert_eq!(serde_json::from_slice::<QuestionBody>(&plain).ok(), Some(question(1).body));
    let told = serde_json::to_string(&one).expect("serialises");
    assert!(!told.contains("0370") && !told.contains("MINH"), "{told}");
    assert_eq!(left(&QuestionBody::VerifyVneid { token: "abc".to_owned() }), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_that_does_not_wait_is_called_once_with_the_answer_or_with_none() {
    let Set { asker, mut questions, alone } = set(None);
    let carrier = Carrier::new(asker.clone(), Handle::current());
    let (tell, told) = std::sync::mpsc::channel();
    let answered = |tell: &std::sync::mpsc::Sender<Option<Answer>>| -> Answered {
        let tell = tell.clone();
        Box::new(move |answer| tell.send(answer).expect("heard"))
    };
    carrier.ask(question(60_000), answered(&tell));
    let (question_sent, _) = opened(&questions.recv().await.expect("a question"));
    asker.take(&sealed(&answer(question_sent.id), 2), &key(2).public());
    assert!(told.recv_timeout(Duration::from_secs(5)).expect("called").is_some());
    alone.send_replace(Some(Timestamp::now()));
    carrier.ask(question(60_000), answered(&tell));
    assert!(told.recv_timeout(Duration::from_secs(5)).expect("called").is_none());
    drop(tell);
    assert!(told.recv().is_err(), "never twice");
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
    assert_eq!(asked, Err(RegisterWord::UpstreamDown));
}

#[tokio::test]
async fn a_late_answer_is_dropped_and_counted() {
    let Set { asker, mut questions, alone: _alone } = set(None);
    assert_eq!(asker.ask(question(20)).await, Err(RegisterWord::TooLate));
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
    assert_eq!(asked.await.expect("asked"), Err(RegisterWord::TooLate));
    let counts = asker.counts();
    assert_eq!((counts.refused, counts.late, counts.answered), (4, 1, 0));
}

#[tokio::test]
async fn a_full_queue_says_so_instead_of_waiting() {
    let Set { asker, questions: _full, alone: _alone } = set(None);
    for _ in 0..QUEUE {
        assert_eq!(asker.ask(question(5)).await, Err(RegisterWord::TooLate));
    }
    assert_eq!(asker.ask(question(5)).await, Err(RegisterWord::Quota));
    assert!(lock(&asker.waiting).is_empty(), "nobody is remembered who does not wait");
}

#[tokio::test]
async fn a_picture_too_large_for_a_message_is_refused_here() {
    let Set { asker, mut questions, alone: _alone } = set(None);
    let image = "A".repeat(MAX_MESSAGE_BYTES);
    let body = QuestionBody::VerifyFace { number: "037090001234".to_owned(), image, liveness: 0.9 };
    assert_eq!(asker.ask(Request { body, ..question(5000) }).await, Err(RegisterWord::Refused));
    assert!(questions.try_recv().is_err());
}

#[tokio::test]
async fn an_agent_that_was_never_enrolled_cannot_ask() {
    let (_alone, watched) = watch::channel(None);
    let (asker, _questions) = Asker::new(key(1), None, watched);
    assert_eq!(asker.ask(question(5000)).await, Err(RegisterWord::NotConfigured));
}

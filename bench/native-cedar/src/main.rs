//! Answers, or times, the questions of the engine benchmark with Cedar's own Rust library.
//!
//!   native-cedar answers FOLDER…
//!   native-cedar round FOLDER… FIRST COUNT
//!
//! Each folder is a world: `policies.json` (a policy set in Cedar's JSON format), `entities.json` and
//! `requests.json`. Everything is parsed before the first question; the entities are closed over their parents
//! then, too. One line of JSON goes to standard output.

use std::hint::black_box;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use cedar_policy::{Authorizer, Context, Decision, Entities, EntityUid, PolicySet, Request};
use serde_json::{json, Value};

type Failure = Box<dyn std::error::Error>;

struct World {
    policies: PolicySet,
    entities: Entities,
    requests: Vec<Request>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(answer) => {
            println!("{answer}");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<Value, Failure> {
    match arguments.split_first() {
        Some((mode, folders)) if mode == "answers" => Ok(answers(&load(folders)?)),
        Some((mode, rest)) if mode == "round" && rest.len() > 2 => {
            let (folders, numbers) = rest.split_at(rest.len() - 2);
            Ok(round(&load(folders)?, numbers[0].parse()?, numbers[1].parse()?))
        }
        _ => Err("usage: native-cedar answers FOLDER… | round FOLDER… FIRST COUNT".into()),
    }
}

fn load(folders: &[String]) -> Result<Vec<World>, Failure> {
    folders.iter().map(|folder| load_world(Path::new(folder))).collect()
}

fn load_world(folder: &Path) -> Result<World, Failure> {
    let read = |name: &str| -> Result<Value, Failure> {
        Ok(serde_json::from_str(&std::fs::read_to_string(folder.join(name))?)?)
    };
    let requests = read("requests.json")?;
    let requests = requests.as_array().ok_or("requests.json is not a list")?;
    Ok(World {
        policies: PolicySet::from_json_value(read("policies.json")?)?,
        entities: Entities::from_json_value(read("entities.json")?, None)?,
        requests: requests.iter().map(request).collect::<Result<_, _>>()?,
    })
}

fn request(json: &Value) -> Result<Request, Failure> {
    let uid = |part: &str| EntityUid::from_json(json[part].clone());
    let context = Context::empty();
    Ok(Request::new(uid("principal")?, uid("action")?, uid("resource")?, context, None)?)
}

/// All worlds' questions in a row, as the benchmark numbers them.
fn questions(worlds: &[World]) -> Vec<(&World, &Request)> {
    worlds.iter().flat_map(|world| world.requests.iter().map(move |request| (world, request))).collect()
}

fn answers(worlds: &[World]) -> Value {
    let authorizer = Authorizer::new();
    questions(worlds)
        .into_iter()
        .map(|(world, request)| {
            let response = authorizer.is_authorized(request, &world.policies, &world.entities);
            let diagnostics = response.diagnostics();
            json!({
                "decision": if response.decision() == Decision::Allow { "allow" } else { "deny" },
                "reason": diagnostics.reason().map(ToString::to_string).collect::<Vec<_>>(),
                "erring": diagnostics.errors().map(|error| match error {
                    cedar_policy::AuthorizationError::PolicyEvaluationError(inner) => inner.policy_id().to_string(),
                }).collect::<Vec<_>>(),
            })
        })
        .collect()
}

/// Half of the runs without a clock in between, for the rate, and half with one, for the single times.
fn round(worlds: &[World], first: usize, count: usize) -> Value {
    let authorizer = Authorizer::new();
    let questions = questions(worlds);
    let ask = |index: usize| {
        let (world, request) = questions[index % questions.len()];
        black_box(authorizer.is_authorized(black_box(request), &world.policies, &world.entities));
    };
    // This process begins cold each time, unlike those that it is compared with.
    (0..count / 4).for_each(ask);
    let batch = count / 2;
    let started = Instant::now();
    (first..first + batch).for_each(ask);
    let per_second = batch as f64 / started.elapsed().as_secs_f64();
    let clock = clock_overhead();
    let each: Vec<f64> = (first + batch..first + count)
        .map(|index| {
            let before = Instant::now();
            ask(index);
            (before.elapsed().as_nanos() as f64 - clock).max(0.0)
        })
        .collect();
    json!({ "perSecond": per_second, "each": each })
}

/// The median of what reading the clock twice costs by itself, in nanoseconds.
fn clock_overhead() -> f64 {
    let mut each: Vec<u128> = (0..20_000).map(|_| Instant::now().elapsed().as_nanos()).collect();
    each.sort_unstable();
    each[each.len() / 2] as f64
}

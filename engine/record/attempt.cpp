#include "engine/record/attempt.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/endpoint/retry.hpp"

namespace retort::engine {
namespace {

using act = next_step::act;
using providers::failure;
using providers::failure_kind;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

milliseconds in_ms(double s) {
  return std::chrono::duration_cast<milliseconds>(std::chrono::duration<double>(s));
}

patience patience_of(const shared_run& run, const endpoint& to) {
  return {run.settings.attempts, in_ms(to.model->startup_s)};
}

bool is_untrusted(const result<io::http_response>& response) {
  return !response && response.error().code == errc::certificate;
}

// Who answers with a 4xx lives.
gate::ending ending_of(const failure& why, bool is_proven) {
  switch (why.kind) {
    case failure_kind::rate_limited: return gate::ending::rate_limited;
    case failure_kind::overloaded:
      return is_proven || why.status != 503 ? gate::ending::overloaded : gate::ending::broken;
    case failure_kind::server_error:
    case failure_kind::timeout:
    case failure_kind::network:
      return why.status >= 400 && why.status < 500 ? gate::ending::other : gate::ending::broken;
    default: return gate::ending::other;
  }
}

// A request of which a byte went out, and that got no error for an answer, may have been billed.
bool may_be_billed(const result<io::http_response>& response) {
  return response ? response->is_success() : !response.error().unsent;
}

settlement settlement_of(const endpoint& to, const result<io::http_response>& response,
                         const providers::outcome& outcome) {
  settlement with;
  with.billed = may_be_billed(response);
  if (outcome) {
    with.how = gate::ending::answered;
    with.used = outcome->usage;
    return with;
  }
  if (!is_untrusted(response)) with.how = ending_of(outcome.error(), to.history.is_proven());
  with.retry_after = outcome.error().retry_after;
  return with;
}

void say_if_it_turned(shared_run& run, const endpoint& to, bool was_down,
                      const providers::outcome& outcome) {
  if (was_down == to.gate.is_down()) return;
  run.say(was_down ? fmt::format("{} answers again", to.name)
                   : fmt::format("{} does not answer, and is tried every few seconds: {}", to.name,
                                 outcome ? "" : outcome.error().message));
}

// What the history makes of an attempt, and who may have waited for that.
void note(endpoint& to, const endpoint_history::attempt& by, const providers::outcome& outcome) {
  if (!outcome && !outcome.error().own) return to.history.failed(by, outcome.error());
  to.history.answered_well(by);
  to.trial.call_all();
}

// The last of what was under way has not cleared the endpoint of what a handful of samples met.
void end_trial(shared_run& run, admission& gate, endpoint& to) {
  if (to.retired || !to.history.is_on_trial() || to.gate.in_flight() > 0) return;
  if (!to.history.is_condemned()) return gate.serve_soon();
  failure why = to.history.last_refusal();
  why.message += fmt::format(" ({} samples in a row ended like this, and stay open)",
                             endpoint_history::handful);
  retire(run, gate, to, why, to.history.is_proven() || providers::is_transient(why.kind));
}

bool others_serve(const admission& gate, const endpoint& to) {
  return std::ranges::any_of(gate.endpoints(), [&](const auto& one) {
    return one.get() != &to && !one->retired && one->history.is_proven() && !one->gate.is_down();
  });
}

// Why an endpoint is given up that nobody could say more of.
failure explained(const endpoint& to, failure why, bool resumable) {
  if (to.history.speaks_no_json() && why.foreign) {
    why.message += " (none of its answers is JSON: is base_url where the API is?)";
  }
  const bool never = !to.history.is_proven() && why.kind != failure_kind::rate_limited;
  if (resumable && never && providers::is_transient(why.kind) && !why.foreign) {
    why.message += fmt::format(
        " (it has not answered within {:g} s: models[].startup_s, to be raised for a server that "
        "loads for minutes)",
        to.model->startup_s);
  }
  return why;
}

void say_that_it_is_waited_for(shared_run& run, endpoint& to, const failure& why) {
  if (to.history.is_proven() || why.kind == failure_kind::rate_limited) return;
  if (std::exchange(to.is_waited_for, true)) return;
  run.say(
      fmt::format("{} does not answer yet, and is waited for up to {:g} s (models[].startup_s, "
                  "to be raised for a server that loads for minutes): {}",
                  to.name, to.model->startup_s, why.message));
}

failed_attempt describe(const admission& gate, const endpoint& to,
                        const result<io::http_response>& response, const failure& why,
                        const endpoint_history::attempt& by, const tries& before) {
  failed_attempt what;
  what.why = why;
  what.by = by;
  what.is_cancelled = !response && response.error().code == errc::cancelled;
  what.is_untrusted = is_untrusted(response);
  what.is_down = to.gate.is_down();
  what.others_serve = others_serve(gate, to);
  what.charged = before.charged;
  what.spared = before.spared;
  what.spared_a_408 = before.spared_a_408;
  what.since = before.since;
  return what;
}

void count(const next_step& next, const failure& why, tries& before) {
  before.charged += next.charges;
  before.spared += !next.charges;
  before.spared_a_408 |= !next.charges && why.status == 408;
}

}  // namespace

endpoint_history::attempt settle(shared_run& run, admission& gate, permit& place,
                                 std::uint64_t ordinal, const result<io::http_response>& response,
                                 const providers::outcome& outcome,
                                 std::chrono::system_clock::time_point now) {
  endpoint& to = place.at();
  const endpoint_history::attempt by{ordinal, place.began(), steady_clock::now()};
  const bool was_down = to.gate.is_down();
  if (response) {
    to.has_answered = true;
    const auto told = providers::read_rate_limits(*response, now);
    if (told.any()) place.learn(told);
  }
  place.settle(settlement_of(to, response, outcome));
  note(to, by, outcome);
  say_if_it_turned(run, to, was_down, outcome);
  if (outcome) end_trial(run, gate, to);
  return by;
}

bool is_blank(const providers::completion& answer) {
  return answer.finish == providers::finish::stop && answer.text.empty() &&
         answer.reasoning.empty() && answer.refusal.empty() && answer.tool_calls.empty() &&
         answer.usage.output <= 0;
}

bool is_to_be_asked_again(const providers::completion& answer, const tries& before,
                          const shared_run& run) {
  return is_blank(answer) && before.blank < most_blank &&
         before.charged + 1 < run.settings.attempts;
}

next_step ask_again(tries& before, shared_run& run) {
  if (run.stopping) return {act::leave};
  ++before.blank;
  return {act::retry, delay(before.charged++, {}, run.random())};
}

next_step conclude(shared_run& run, admission& gate, endpoint& to,
                   const result<io::http_response>& response, const failure& why,
                   const endpoint_history::attempt& by, tries& before) {
  if (before.since == endpoint_history::time_point()) before.since = by.ended;
  const auto what = describe(gate, to, response, why, by, before);
  next_step next = after(what, to.history, patience_of(run, to), run.random());
  count(next, why, before);
  if (next.doubts) {
    to.history.doubt(by);
    to.gate.pause(second_look, by.ended);
  }
  if (next.what == act::hold || (next.what == act::give_up && !why.own)) {
    to.history.refused(by, why);
  }
  if (next.what == act::retry && !next.charges) say_that_it_is_waited_for(run, to, why);
  if (next.what == act::retire) {
    retire(run, gate, to, explained(to, why, next.resumable), next.resumable);
    next = {act::retry};  // at another endpoint
  }
  end_trial(run, gate, to);
  if (next.what == act::retry && run.stopping) next.what = act::leave;
  return next;
}

io::awaitable<> hold(shared_run* run, endpoint* to, std::uint64_t ordinal) {
  ++run->held;
  if (only_held_remain(*run)) wake_held(*run);
  while (to->history.is_suspect(ordinal) && !to->retired && !run->stopping &&
         !only_held_remain(*run)) {
    co_await io::wait_in(&to->trial);
  }
  --run->held;
}

next_step after_hold(const shared_run& run, const endpoint& to, std::uint64_t ordinal,
                     sample& held) {
  const bool is_suspect = to.history.is_suspect(ordinal);
  if (is_suspect && run.stopping) return {act::leave};
  if (is_suspect && to.retired) return {act::retry};
  if (is_suspect) held.open = true;
  return {act::give_up};
}

void retire(shared_run& run, admission& gate, endpoint& to, const failure& why, bool resumable) {
  if (std::exchange(to.retired, true)) return;
  const std::string said =
      why.status == 0 ? why.message
                      : fmt::format("{} {}: {} (HTTP {}): {}", to.model->provider, to.model->model,
                                    providers::name(why.kind), why.status, why.message);
  to.trial.call_all();
  gate.serve_soon();
  if (!gate.is_retired()) {
    run.say(fmt::format("{} is not used any more: {}", to.name, said));
    return;
  }
  run.stop(resumable ? exit_status::stopped : exit_status::bad_input, said);
}

}  // namespace retort::engine

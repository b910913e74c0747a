#include "engine/generate/court.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace retort::engine {
namespace {

using act = next_step::act;
using providers::failure;
using providers::failure_kind;
using std::chrono::milliseconds;

milliseconds in_ms(double s) {
  return std::chrono::duration_cast<milliseconds>(std::chrono::duration<double>(s));
}

patience patience_of(const generator& by, const endpoint& to) {
  return {by.attempts, in_ms(to.model->startup_s)};
}

void say_if_it_turned(generator& by, const endpoint& to, bool was_down,
                      const providers::outcome& outcome) {
  if (was_down == to.entrance.is_down()) return;
  by.say(was_down ? fmt::format("{} answers again", to.name)
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
void end_trial(generator& by, admission& gate, endpoint& to) {
  if (to.retired || !to.history.is_on_trial() || to.entrance.in_flight() > 0) return;
  if (!to.history.is_condemned()) return gate.serve_soon();
  failure why = to.history.last_refusal();
  why.message += fmt::format(" ({} samples in a row ended like this, and stay open)",
                             to.history.refused_samples());
  retire(by, gate, to, why, to.history.is_proven() || providers::is_transient(why.kind));
}

bool others_serve(const admission& gate, const endpoint& to) {
  return std::ranges::any_of(gate.endpoints(), [&](const auto& one) {
    return one.get() != &to && !one->retired && !one->is_away && !one->is_gone &&
           one->history.is_proven() && !one->entrance.is_down();
  });
}

// Why an endpoint is given up that nobody could say more of.
failure explained(const endpoint& to, failure why, bool resumable) {
  if (to.history.speaks_no_json() && why.foreign) {
    why.message += " (none of its answers can be read as JSON: is base_url where the API is?)";
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

void say_that_it_is_waited_for(generator& by, endpoint& to, const failure& why) {
  if (to.history.is_proven() || why.kind == failure_kind::rate_limited) return;
  if (std::exchange(to.is_waited_for, true)) return;
  by.say(
      fmt::format("{} does not answer yet, and is waited for up to {:g} s (models[].startup_s, "
                  "to be raised for a server that loads for minutes): {}",
                  to.name, to.model->startup_s, why.message));
}

failed_attempt describe(const admission& gate, const attempt& of,
                        const result<io::http_response>& response, const failure& why,
                        const tries& before) {
  failed_attempt what;
  what.why = why;
  what.by = of.by();
  what.is_cancelled = !response && response.error().code == errc::cancelled;
  what.is_untrusted = is_untrusted(response);
  what.is_gone = of.to().is_gone;
  what.is_unsent = !response && response.error().unsent;
  what.is_down = of.to().entrance.is_down();
  what.others_serve = others_serve(gate, of.to());
  what.before = before;
  return what;
}

// What a decision means to the endpoint. An endpoint that is retired leaves the sample to others.
next_step carry_out(generator& by, admission& gate, const attempt& of, const failure& why,
                    next_step next) {
  endpoint& to = of.to();
  if (next.doubts) {
    to.history.doubt(of.by());
    to.entrance.pause(second_look, of.by().ended);
  }
  if (next.what == act::hold || (next.what == act::give_up && !why.own)) {
    to.history.refused(of.by(), why);
  }
  if (next.what == act::retry && !next.charges) say_that_it_is_waited_for(by, to, why);
  if (next.what == act::retire) {
    retire(by, gate, to, explained(to, why, next.resumable), next.resumable);
    next = {act::retry};
  }
  end_trial(by, gate, to);
  return next;
}

// Not cleared, and nobody is left who could do it: the failure may be the endpoint's.
next_step after_hold(const generator& by, const endpoint& to, std::uint64_t who, generation& held) {
  const bool is_suspect = to.history.is_suspect(who);
  if (is_suspect && by.stop.is_raised()) return {act::leave};
  if (is_suspect && to.retired) return {act::retry};
  if (is_suspect) held.open = true;
  return {act::give_up};
}

}  // namespace

void retire(generator& by, admission& gate, endpoint& to, const failure& why, bool resumable,
            bool is_said) {
  if (std::exchange(to.retired, true)) return;
  const std::string said =
      why.status == 0 ? why.message
                      : fmt::format("{} {}: {} (HTTP {}): {}", to.model->provider, to.model->model,
                                    providers::name(why.kind), why.status, why.message);
  to.trial.call_all();
  gate.serve_soon();
  if (!gate.is_retired()) {
    if (!is_said) by.say(fmt::format("{} is not used any more: {}", to.name, said));
    return;
  }
  by.stop.raise(resumable ? exit_status::stopped : exit_status::bad_input, said);
}

void account_for(generator& by, admission& gate, permit& place, const attempt& of,
                 const result<io::http_response>& response, const providers::outcome& outcome) {
  endpoint& to = of.to();
  const bool was_down = to.entrance.is_down();
  if (response) {
    to.has_answered = true;
    const auto told = providers::read_rate_limits(*response, of.received());
    if (told.any()) place.learn(told);
  }
  place.give_back(receipt_of(response, outcome, to.history.is_proven()));
  note(to, of.by(), outcome);
  say_if_it_turned(by, to, was_down, outcome);
  if (outcome) end_trial(by, gate, to);
}

next_step conclude(generator& by, admission& gate, const attempt& of,
                   const result<io::http_response>& response, const providers::outcome& outcome,
                   tries& before) {
  if (outcome && !is_blank(*outcome)) return {act::keep};
  const patience limits = patience_of(by, of.to());
  next_step next;
  if (outcome) {
    next = after_blank(before, limits, by.random());
    before.count_blank();
  } else {
    before.failed(of.by().ended, outcome.error().kind);
    const auto what = describe(gate, of, response, outcome.error(), before);
    next = after_failure(what, of.to().history, limits, by.random());
    before.count(next, outcome.error().status);
    next = carry_out(by, gate, of, outcome.error(), next);
  }
  if (next.what == act::retry && by.stop.is_raised()) next.what = act::leave;
  return next;
}

io::awaitable<> hold(generator* by, endpoint* to, std::uint64_t who, generation* held,
                     next_step* next) {
  ++by->held;
  if (only_held_remain(*by)) wake_held(*by);
  while (to->history.is_suspect(who) && !to->retired && !by->stop.is_raised() &&
         !only_held_remain(*by)) {
    co_await io::wait_in(&to->trial);
  }
  --by->held;
  *next = after_hold(*by, *to, who, *held);
}

void say_who_answers_unasked(generator& by) {
  for (const auto& gate : by.gates) {
    for (const auto& to : gate->endpoints()) {
      if (!to->client->answers_unasked() || std::exchange(to->is_distrusted, true)) continue;
      const auto& model = *to->model;
      by.say(fmt::format(
          "{}: {} sends bytes that no request asked for: its connections are used for one request "
          "each from here on, see the guarantees in the README",
          model.model.empty() ? model.provider : model.model, to->client->base().host_field()));
    }
  }
}

}  // namespace retort::engine
